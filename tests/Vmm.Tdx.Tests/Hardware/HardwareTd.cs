using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Hardware;
using Vmm.Tdx.Hardware.Exits;
using Vmm.Tdx.Hardware.Memory;
using Vmm.Tdx.Policies;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.TdxModel;
using Vmm.TdxModel.Hardware;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>The backend for TDX hardware on the model of a kernel with TDX, with a TD that makes the calls which a test lists and then triple-faults.</summary>
internal sealed class HardwareTd : IDisposable
{
    public const ulong RamSize = 16 << 20;
    public const ulong FirmwareSize = 0x1000;
    public const ulong FirmwareGpa = (1UL << 32) - FirmwareSize;
    public const string EndOfScript = "triple fault on vCPU 0";

    public static readonly GpaWidth Width = new(48);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ServiceProvider _services;
    private readonly KvmSystem _kvm;
    private readonly int _vcpuCount;
    private VirtualMachine? _machine;

    public HardwareTd(Action<IServiceCollection>? configure = null, TdxHost? host = null, int vcpus = 1, Func<ITdHardware>? hardware = null)
    {
        _vcpuCount = vcpus;
        Kernel = new TdxKernel(host, hardware ?? (() => Script));
        _kvm = KvmSystem.Open(Kernel);
        DeviceBuses buses = DeviceBuses.Assemble([Device], new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System));
        IServiceCollection services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(buses.Ports)
            .AddSingleton(buses.Mmio)
            .AddSingleton<IDeviceMemory>(Memory)
            .AddSingleton<IVcpuKicker>(new FakeKicker())
            .AddSingleton<IMsrAccess>(Msrs)
            .AddSingleton<IFatalErrorSink>(FatalErrors)
            .AddSingleton(Policy.Default.Cpuid.Build(VmCalls.Fakes.HostCpuid.Intel, new MachineFacts(GuestKinds.Td, vcpus, 2_100_000, 48)))
            .AddSingleton(Policy.Default.Msr)
            .AddSingleton<IMsiSink>(new FakeInterrupts())
            .AddSingleton(Memory)
            .AddSingleton(Lifecycle)
            .AddSingleton<IPageConverter>(scope => scope.GetRequiredService<TdxMemory>())
            .AddSingleton<TdxMemory>()
            .AddSingleton<TestLaunch>()
            .AddSingleton<ITdxLaunch>(scope => scope.GetRequiredService<TestLaunch>())
            .AddSingleton(new IoApic(new FakeInterrupts(), new NoRoutes()))
            .AddScoped<VmCallExits>()
            .AddScoped<MemoryFaults>()
            .AddScoped<TdxTd>()
            .AddVmCalls(Width);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
        Scope = _services.CreateScope();
    }

    public TdxKernel Kernel { get; }

    public ScriptedTd Script { get; } = new();

    public MachineLifecycle Lifecycle { get; } = new();

    public GuestMemory Memory { get; } = GuestMemory.CreateSharedSide(
        Width.SharedBit, new MemoryRange(0, RamSize), new MemoryRange(FirmwareGpa, FirmwareSize));

    public FakeDevice Device { get; } = new();

    public FakeMsrs Msrs { get; } = new();

    public FakeFatalErrors FatalErrors { get; } = new();

    private IServiceScope Scope { get; }

    /// <summary>A TDVMCALL of a standard sub-function; what it does not name is recognisable junk.</summary>
    public static VpEnterArgs VmCall(ulong leaf, ulong r12 = 0, ulong r13 = 0, ulong r14 = 0, ulong r15 = 0) => new()
    {
        Rcx = 0xFFCC, R11 = leaf, R12 = r12, R13 = r13, R14 = r14, R15 = r15, Rbx = 0xB, Rdi = 0xD1, Rsi = 0x51, Rdx = 0xD, R8 = 8, R9 = 9,
    };

    public static ulong Shared(ulong gpa) => gpa | Width.SharedBit;

    public T Get<T>()
        where T : notnull => Scope.ServiceProvider.GetRequiredService<T>();

    /// <summary>Builds the machine; nothing runs yet.</summary>
    public VirtualMachine Build() => _machine = new VirtualMachine(_kvm.CreateVm(KvmVmType.Tdx), _vcpuCount, Lifecycle, Get<TdxTd>());

    /// <summary>Runs the script to its end.</summary>
    public MachineOutcome Run()
    {
        VirtualMachine machine = _machine ?? Build();
        machine.Start();
        Assert.True(machine.Ended.Wait(Patience), "the machine does not end");
        machine.Dispose();
        return machine.Ended.Result;
    }

    /// <summary>Makes the calls and gives what came back, one for each.</summary>
    public IReadOnlyList<VpEnterArgs> Answers(params IReadOnlyList<VpEnterArgs> calls)
    {
        List<VpEnterArgs> answers = [];
        foreach (VpEnterArgs call in calls)
        {
            Script.Call(call, answers.Add);
        }

        Assert.Equal((EndOfScript, (Exception?)null), (Run().Message, Lifecycle.Ended.Result.Cause));
        Assert.Equal(calls.Count, answers.Count);
        return answers;
    }

    /// <summary>Ends everything, and says what is left behind.</summary>
    public IReadOnlyList<string> Leaks()
    {
        Dispose();
        return Kernel.Leaks;
    }

    public void Dispose()
    {
        _machine?.Dispose();
        Scope.Dispose();
        _services.Dispose();
        _kvm.Dispose();
        Memory.Dispose();
    }

    private sealed class NoRoutes : IMsiRouter
    {
        public void SetMsiRoutes(ReadOnlySpan<MsiRoute> routes)
        {
        }
    }
}
