using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Policies;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

/// <summary>All of the TDVMCALL service of a small TD with nothing behind it but fakes: RAM below 16 MiB, first half private, second half shared.</summary>
internal sealed class TestTd : IDisposable
{
    public const ulong RamSize = 16 << 20;
    public const ulong SharedRam = RamSize / 2;
    public const ulong DeviceGpa = 0xFEC0_0000;
    public const ushort DevicePort = 0x3F8;

    public static readonly GpaWidth Width = new(48);

    private readonly ServiceProvider _services;

    public TestTd(Action<IServiceCollection>? configure = null, Policy? policy = null, uint kvmFeatures = 0)
    {
        Memory = GuestMemory.CreateIsolated(Width.SharedBit, new MemoryRange(0, RamSize));
        Memory.SetAccess(SharedRam, RamSize - SharedRam, PageAccess.Shared, discard: true);
        DeviceBuses buses = DeviceBuses.Assemble([Device], new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System));
        policy ??= Policy.Default;
        CpuidEntry features = new(0x4000_0001, 0, 0, kvmFeatures, 0, 0, 0);
        CpuidTables cpuid = kvmFeatures == 0
            ? policy.Cpuid.Build(HostCpuid.Intel, new MachineFacts(GuestKinds.Td, 2, 2_100_000, 48))
            : new CpuidTables([new CpuidTable([features]), new CpuidTable([features])]);

        IServiceCollection services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(buses.Ports)
            .AddSingleton(buses.Mmio)
            .AddSingleton<IDeviceMemory>(Memory)
            .AddSingleton<IMsiSink>(Interrupts)
            .AddSingleton<IPageConverter>(Pages)
            .AddSingleton<IVcpuKicker>(Kicker)
            .AddSingleton<IMsrAccess>(Msrs)
            .AddSingleton<IFatalErrorSink>(FatalErrors)
            .AddSingleton(cpuid)
            .AddSingleton(policy.Msr)
            .AddVmCalls(Width);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
        Scope = _services.CreateScope();
        Dispatcher = Get<VmCallDispatcher>();
    }

    public GuestMemory Memory { get; }

    public FakeDevice Device { get; } = new();

    public FakeInterrupts Interrupts { get; } = new();

    public FakePages Pages { get; } = new();

    public FakeKicker Kicker { get; } = new();

    public FakeMsrs Msrs { get; } = new();

    public FakeFatalErrors FatalErrors { get; } = new();

    public FakeVcpu Vcpu { get; } = new();

    public VmCallDispatcher Dispatcher { get; }

    private IServiceScope Scope { get; }

    public static ulong Shared(ulong gpa) => gpa | Width.SharedBit;

    public T Get<T>()
        where T : notnull => Scope.ServiceProvider.GetRequiredService<T>();

    /// <summary>Makes a standard call; what the guest does not name is recognisable junk.</summary>
    public VmCallRegisters Call(VmCallLeaf leaf, ulong r12 = 0, ulong r13 = 0, ulong r14 = 0, ulong r15 = 0)
    {
        VmCallRegisters registers = Junk with { R10 = 0, R11 = (ulong)leaf, R12 = r12, R13 = r13, R14 = r14, R15 = r15 };
        Dispatcher.Dispatch(Vcpu, ref registers);
        return registers;
    }

    /// <summary>Makes a KVM hypercall.</summary>
    public long Hypercall(KvmHypercall number, ulong a0 = 0, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0)
    {
        VmCallRegisters registers = Junk with { R10 = (ulong)number, R11 = a0, R12 = a1, R13 = a2, R14 = a3 };
        Dispatcher.Dispatch(Vcpu, ref registers);
        return (long)registers.R10;
    }

    public static VmCallRegisters Junk => new() { Rbx = 0xB, Rdi = 0xD1, Rsi = 0x51, Rdx = 0xD, R8 = 8, R9 = 9 };

    public Span<byte> Ram(ulong gpa, int length) => Memory.GetSpan(gpa, length);

    public void Dispose()
    {
        Scope.Dispose();
        _services.Dispose();
        Memory.Dispose();
    }
}
