using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;
using Vmm.Core.Exits;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Tdx.Module.Exits;
using Vmm.Tdx.Module.Leaves;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.Module.Traps;
using Vmm.Tdx.Policies;
using Vmm.Tdx.VmCalls;

namespace Vmm.TdxModel.Hardware.OnKvm;

/// <summary>The software TDX module around a TD that a VMM has built by KVM's TDX API, with a TDG.VP.VMCALL that leaves it.</summary>
internal static class TdPlatform
{
    private const int CrystalKhz = 25_000;
    private const int TscKhz = 2_100_000;

    internal static ServiceProvider Create(TdImage td, KvmVm vm)
    {
        int vcpus = td.InitialRcx.Count;
        GpaWidth width = new(td.GpaWidth);
        IServiceCollection services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => GuestMemory.CreateIsolated(td.SharedBit, td.Memory.Select(slot => new MemoryRange(slot.Gpa, slot.Size))))
            .AddSingleton(typeof(GpaWidth), width)
            .AddSingleton(State(td, width, vcpus))
            .AddSingleton(new CpuidTables([.. td.VcpuCpuid.Select(table => new CpuidTable(table.Select(Entry)))]))
            .AddSingleton<MachineLifecycle>()
            .AddSingleton(_ => new KvmInterruptRoutes(vm))
            .AddSingleton(scope => new IoApic(vm, scope.GetRequiredService<KvmInterruptRoutes>()))
            .AddSingleton(typeof(VeMode), VeMode.Architectural)
            .AddSingleton(Policy.Default.Msr)
            .AddSingleton<IMsrAccess, NoMsrs>()
            .AddSingleton<MsrBank>()
            .AddSingleton(DeviceBuses.Assemble([], new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System)))
            .AddSingleton(scope => scope.GetRequiredService<DeviceBuses>().Ports)
            .AddSingleton(scope => scope.GetRequiredService<DeviceBuses>().Mmio)
            .AddSingleton<ExitNormalizer>()
            .AddSingleton<MemoryAccessFinder>()
            .AddSingleton<TdCallTrap>()
            .AddSingleton(scope => new ExceptionInjector(scope.GetRequiredService<GuestMemory>()))
            .AddSingleton(_ => new MmioTraps([], td.SharedBit))
            .AddSingleton(scope => new TdPortAccess(
                VeMode.Architectural,
                scope.GetRequiredService<PortBus>(),
                scope.GetRequiredService<ExitNormalizer>(),
                scope.GetRequiredService<ExceptionInjector>()))
            .AddScoped<TdMemoryAccess>()
            .AddSingleton<TdMsrAccess>()
            .AddSingleton(scope => new EmulatedTdSetup(
                scope.GetRequiredService<TdState>(),
                scope.GetRequiredService<GuestMemory>(),
                scope.GetRequiredService<MmioTraps>(),
                scope.GetRequiredService<CpuidTables>(),
                TscKhz,
                ResetState.Processor,
                ResetState.Processor))
            .AddScoped(scope => new EmulatedTd(
                scope.GetRequiredService<EmulatedTdSetup>(),
                scope.GetRequiredService<TdxModule>(),
                scope.GetRequiredService<TdCallTrap>(),
                scope.GetRequiredService<TdPortAccess>(),
                scope.GetRequiredService<TdMemoryAccess>(),
                scope.GetRequiredService<TdMsrAccess>(),
                scope.GetRequiredService<ExceptionInjector>(),
                scope.GetRequiredService<IoApic>(),
                scope.GetRequiredService<MachineLifecycle>()))
            .AddTdxModule()
            .AddSingleton(new ReflectedVmCall(vcpus))
            .AddScoped<MemPageAccept>()
            .AddScoped(scope => new FaultingPageAccept(scope.GetRequiredService<MemPageAccept>(), scope.GetRequiredService<SecureEpt>(), vcpus));
        Replace<VpVmCall, ReflectedVmCall>(services);
        Replace<MemPageAccept, FaultingPageAccept>(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static void Replace<TOld, TNew>(IServiceCollection services)
        where TNew : class, ITdCallLeaf
    {
        services.Remove(services.Single(service => service.ServiceType == typeof(ITdCallLeaf) && service.ImplementationType == typeof(TOld)));
        services.AddScoped<ITdCallLeaf>(scope => scope.GetRequiredService<TNew>());
    }

    private static TdState State(TdImage td, GpaWidth width, int vcpus) => new()
    {
        Attributes = (TdAttributes)td.Attributes,
        Xfam = (Xfam)td.Xfam,
        GpaWidth = width,
        VcpuCount = vcpus,
        MaxVcpus = vcpus,
        TscFrequency = TscKhz / CrystalKhz,
        X2ApicIds = [.. Enumerable.Range(0, vcpus).Select(i => (uint)i)],
        MrTd = MrTdHash.Of(td.Pages.Select(page => new LaunchSection("page", new MemoryRange(page.Gpa, GuestMemory.PageSize), page.IsMeasured ? page.Content : default))),
        MrConfigId = Digest(td.MrConfigId),
        MrOwner = Digest(td.MrOwner),
        MrOwnerConfig = Digest(td.MrOwnerConfig),
    };

    private static Bytes48 Digest(byte[] bytes)
    {
        Bytes48 digest = default;
        bytes.CopyTo((Span<byte>)digest);
        return digest;
    }

    private static CpuidEntry Entry(Uapi.CpuidBits bits) => new(bits.Function, bits.Index, bits.Flags, bits.Eax, bits.Ebx, bits.Ecx, bits.Edx);

    private sealed class NoMsrs : IMsrAccess
    {
        public bool TryRead(IVmCallVcpu vcpu, uint index, out ulong value)
        {
            value = 0;
            return false;
        }

        public bool TryWrite(IVmCallVcpu vcpu, uint index, ulong value) => false;
    }
}
