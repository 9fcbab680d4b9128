using Microsoft.Extensions.Logging;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Policies;

/// <summary>The model-specific registers of a TD as its TDVMCALLs reach them: an <see cref="MsrPolicy"/> with its storage.</summary>
public sealed partial class MsrBank
{
    private readonly IMsrAccess _host;
    private readonly ILogger<MsrBank> _logger;
    private readonly LogThrottle _throttle;
    private readonly int _vcpus;
    private volatile MsrStore _store;

    /// <summary>Makes the registers of a machine.</summary>
    public MsrBank(MsrPolicy policy, IMsrAccess host, CpuidTables vcpus, ILogger<MsrBank> logger, TimeProvider time)
    {
        _host = host;
        _logger = logger;
        _throttle = new LogThrottle(time);
        _vcpus = vcpus.Count;
        _store = new MsrStore(policy, _vcpus);
    }

    /// <summary>Has another policy answer from now on. Registers that both store keep their values. Call while no vCPU runs, or a write may be lost.</summary>
    public void Replace(MsrPolicy policy) => _store = new MsrStore(policy, _vcpus, before: _store);

    /// <summary>RDMSR. Allocates nothing.</summary>
    /// <returns>False when the access is denied.</returns>
    public bool TryRead(IVmCallVcpu vcpu, uint index, out ulong value)
    {
        value = 0;
        MsrStore store = _store;
        MsrRule rule = store.Find(index, out int position);
        bool done;
        switch (rule.Read)
        {
            case MsrAction.Allow:
                done = _host.TryRead(vcpu, index, out value);
                break;
            case MsrAction.Constant:
                value = rule.Value;
                done = true;
                break;
            case MsrAction.Store:
                value = store.Stored(vcpu.Index, position, index);
                done = true;
                break;
            default:
                done = false;
                break;
        }

        if (rule.Log && _throttle.TryEnter())
        {
            LogRead(index, vcpu.Index, value, done);
        }

        return done;
    }

    /// <summary>WRMSR. Allocates nothing.</summary>
    /// <returns>False when the access is denied.</returns>
    public bool TryWrite(IVmCallVcpu vcpu, uint index, ulong value)
    {
        MsrStore store = _store;
        MsrRule rule = store.Find(index, out int position);
        bool done;
        switch (rule.Write)
        {
            case MsrAction.Allow:
                done = _host.TryWrite(vcpu, index, value);
                break;
            case MsrAction.Store:
                store.Stored(vcpu.Index, position, index) = value;
                done = true;
                break;
            default:
                done = rule.Write == MsrAction.Ignore;
                break;
        }

        if (rule.Log && _throttle.TryEnter())
        {
            LogWrite(index, vcpu.Index, value, done);
        }

        return done;
    }

    [LoggerMessage(1, LogLevel.Information, "RDMSR 0x{Index:x} on vCPU {Vcpu}: 0x{Value:x}, done: {Done}", EventName = "MsrRead")]
    private partial void LogRead(uint index, int vcpu, ulong value, bool done);

    [LoggerMessage(2, LogLevel.Information, "WRMSR 0x{Index:x} on vCPU {Vcpu}: 0x{Value:x}, done: {Done}", EventName = "MsrWritten")]
    private partial void LogWrite(uint index, int vcpu, ulong value, bool done);
}
