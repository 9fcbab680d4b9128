using Microsoft.Extensions.Logging;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Policies;

/// <summary>The model-specific registers of a TD as its TDVMCALLs reach them: an <see cref="MsrPolicy"/> with its storage.</summary>
public sealed partial class MsrBank
{
    private readonly MsrPolicy _policy;
    private readonly IMsrAccess _host;
    private readonly ILogger<MsrBank> _logger;
    private readonly LogThrottle _throttle;
    private readonly int[] _offsets; // by rule: its first word in a vCPU's storage
    private readonly ulong[][] _stored; // by vCPU

    /// <summary>Makes the registers of a machine.</summary>
    public MsrBank(MsrPolicy policy, IMsrAccess host, CpuidTables vcpus, ILogger<MsrBank> logger, TimeProvider time)
    {
        _policy = policy;
        _host = host;
        _logger = logger;
        _throttle = new LogThrottle(time);
        _offsets = new int[policy.Rules.Length];
        List<ulong> initial = [];
        for (int i = 0; i < _offsets.Length; i++)
        {
            _offsets[i] = initial.Count;
            MsrRule rule = policy.Rules[i];
            initial.AddRange(Enumerable.Repeat(rule.Value, rule.IsStored ? (int)rule.Count : 0));
        }

        _stored = [.. Enumerable.Range(0, vcpus.Count).Select(_ => initial.ToArray())];
    }

    /// <summary>RDMSR. Allocates nothing.</summary>
    /// <returns>False when the access is denied.</returns>
    public bool TryRead(IVmCallVcpu vcpu, uint index, out ulong value)
    {
        value = 0;
        int position = _policy.Position(index);
        MsrRule rule = position < 0 ? _policy.Unnamed : _policy.Rules[position];
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
                value = Stored(vcpu, position, index);
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
        int position = _policy.Position(index);
        MsrRule rule = position < 0 ? _policy.Unnamed : _policy.Rules[position];
        bool done;
        switch (rule.Write)
        {
            case MsrAction.Allow:
                done = _host.TryWrite(vcpu, index, value);
                break;
            case MsrAction.Store:
                Stored(vcpu, position, index) = value;
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

    private ref ulong Stored(IVmCallVcpu vcpu, int position, uint index) =>
        ref _stored[vcpu.Index][_offsets[position] + (int)(index - _policy.Rules[position].First)];

    [LoggerMessage(1, LogLevel.Information, "RDMSR 0x{Index:x} on vCPU {Vcpu}: 0x{Value:x}, done: {Done}", EventName = "MsrRead")]
    private partial void LogRead(uint index, int vcpu, ulong value, bool done);

    [LoggerMessage(2, LogLevel.Information, "WRMSR 0x{Index:x} on vCPU {Vcpu}: 0x{Value:x}, done: {Done}", EventName = "MsrWritten")]
    private partial void LogWrite(uint index, int vcpu, ulong value, bool done);
}
