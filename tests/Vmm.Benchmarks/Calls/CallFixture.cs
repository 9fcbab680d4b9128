using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Policies;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;

namespace Vmm.Benchmarks.Calls;

/// <summary>All handlers of a TD, with a trivial device on the buses and no KVM.</summary>
internal sealed class CallFixture : IDisposable
{
    public const ulong QuoteBuffer = 0x10_0000;

    public static readonly GpaWidth Width = new(48);

    private const ulong RamSize = 16 << 20;

    private readonly GuestMemory _memory = GuestMemory.CreateIsolated(Width.SharedBit, new MemoryRange(0, RamSize));
    private readonly ServiceProvider _services;
    private readonly IServiceScope _scope;

    public CallFixture()
    {
        _memory.SetAccess(QuoteBuffer, RamSize - QuoteBuffer, PageAccess.Shared, discard: true);
        BinaryPrimitives.WriteUInt64LittleEndian(_memory.GetSpan(QuoteBuffer, sizeof(ulong)), 1); // version of the buffer's header
        DeviceBuses buses = DeviceBuses.Assemble([new TrivialDevice()], new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System));
        NothingBehind nothing = new();
        _services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(buses.Ports)
            .AddSingleton(buses.Mmio)
            .AddSingleton<IDeviceMemory>(_memory)
            .AddSingleton<IMsiSink>(nothing)
            .AddSingleton<IPageConverter>(nothing)
            .AddSingleton<IVcpuKicker>(nothing)
            .AddSingleton<IMsrAccess>(nothing)
            .AddSingleton<IFatalErrorSink>(nothing)
            .AddSingleton(Policy.Default.Cpuid.Build(HostCpuid.Intel, new MachineFacts(GuestKinds.Td, 1, 2_100_000, 48)))
            .AddSingleton(Policy.Default.Msr)
            .AddVmCalls(Width)
            .BuildServiceProvider();
        _scope = _services.CreateScope();
        Dispatcher = _scope.ServiceProvider.GetRequiredService<VmCallDispatcher>();
        Vcpu = nothing;
    }

    public VmCallDispatcher Dispatcher { get; }

    public IVmCallVcpu Vcpu { get; }

    public void Dispose()
    {
        _scope.Dispose();
        _services.Dispose();
        _memory.Dispose();
    }
}
