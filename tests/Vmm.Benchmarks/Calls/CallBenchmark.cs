using BenchmarkDotNet.Attributes;
using Vmm.Tdx.VmCalls;

namespace Vmm.Benchmarks.Calls;

/// <summary>A TDVMCALL from the dispatcher to its handler and back, without KVM.</summary>
public class CallBenchmark : IDisposable
{
    private CallFixture _td = null!;

    [ParamsSource(nameof(Calls))]
    public Call Call { get; set; } = null!;

    public static IEnumerable<Call> Calls => Vmm.Benchmarks.Calls.Call.All;

    [GlobalSetup]
    public void Setup() => _td = new CallFixture();

    [GlobalCleanup]
    public void Dispose()
    {
        _td.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public ulong Dispatch()
    {
        VmCallRegisters registers = Call.Registers;
        _td.Dispatcher.Dispatch(_td.Vcpu, ref registers);
        return registers.R10;
    }
}
