using Vmm.Core.Boot.LongMode;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Machine;

/// <summary>What every x86 machine of this project has in common: interrupt controllers, clocks, memory slots, first registers.</summary>
public static class X86Platform
{
    /// <summary>Pins of the I/O APIC.</summary>
    public const int IoApicPins = 24;

    /// <summary>The crystal of a TD: TSC and APIC timer count in multiples of it (TDX module: TSC_FREQUENCY in units of 25 MHz).</summary>
    public const int CrystalKhz = 25_000;

    /// <summary>The slowest TSC that a TD can have.</summary>
    public const int LeastTscKhz = 100_000;

    /// <summary>The fastest TSC that a TD can have.</summary>
    public const int MostTscKhz = 10_000_000;

    // Three pages and one page below 4 GiB that Intel processors without unrestricted guest mode need; RAM never reaches them.
    private const uint TssAddress = 0xFFFB_D000;
    private const ulong IdentityMapAddress = 0xFFFB_C000;

    private const ulong X2ApicIds32BitWithoutBroadcastQuirk = 3;
    private const ulong CrystalPeriodNs = 40;

    private const uint MsrMiscEnable = 0x1A0;
    private const uint MsrPat = 0x277;
    private const uint MsrMtrrDefaultType = 0x2FF;
    private const ulong MiscEnableFastStrings = 1;
    private const ulong PatDefault = 0x0007_0406_0007_0406;
    private const ulong MtrrWriteBackEnabled = 0xC06;

    private const ulong ApicBase = 0xFEE0_0000;
    private const ulong ApicBootProcessor = 1 << 8;
    private const ulong ApicX2Mode = 1 << 10;
    private const ulong ApicEnabled = 1 << 11;

    /// <summary>Interrupt controllers and clocks; before any vCPU exists.</summary>
    public static void Prepare(KvmVm vm)
    {
        vm.SetTssAddress(TssAddress);
        vm.SetIdentityMapAddress(IdentityMapAddress);
        PrepareInterrupts(vm);
    }

    /// <summary>The part of <see cref="Prepare"/> that a TD on TDX hardware has too.</summary>
    public static void PrepareInterrupts(KvmVm vm)
    {
        vm.EnableCap(KvmCap.SplitIrqchip, IoApicPins);
        vm.EnableCap(KvmCap.X2apicApi, X2ApicIds32BitWithoutBroadcastQuirk);
        if (vm.CheckExtension(KvmCap.X86ApicBusCyclesNs) != 0)
        {
            vm.EnableCap(KvmCap.X86ApicBusCyclesNs, CrystalPeriodNs);
        }
    }

    /// <summary>Gives guest memory to the VM: one slot a region and alias.</summary>
    /// <returns>The next free slot number.</returns>
    public static int MapMemory(KvmVm vm, GuestMemory memory)
    {
        int slot = 0;
        foreach (MemoryRegion region in memory.Regions)
        {
            vm.SetMemory(slot++, region.Range.Gpa, region.Range.Size, region.PrivateView);
            if (memory.IsIsolated)
            {
                vm.SetMemory(slot++, region.Range.Gpa | memory.SharedBit, region.Range.Size, region.SharedView);
            }
        }

        return slot;
    }

    /// <summary>Rounds a TSC frequency down to what a TD can have.</summary>
    public static int RoundTscKhz(int khz) => Math.Max(1, khz / CrystalKhz) * CrystalKhz;

    /// <summary>Enters a vCPU in 64-bit mode. Its CPUID table must be set already.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="state">Its first registers.</param>
    /// <param name="x2Apic">Whether the local APIC is in x2APIC mode from the start, as in a TD.</param>
    public static void Enter(Vcpu vcpu, ProcessorState state, bool x2Apic)
    {
        vcpu.Kvm.GetSregs(out KvmSregs sregs);
        sregs.Cs = Segment(state.Code);
        sregs.Ds = sregs.Es = sregs.Fs = sregs.Gs = sregs.Ss = Segment(state.Data);
        sregs.Tr = Segment(state.Task);
        sregs.Gdt.Base = state.GdtBase;
        sregs.Gdt.Limit = state.GdtLimit;
        sregs.Idt = default;
        sregs.Cr0 = state.Cr0;
        sregs.Cr3 = state.Cr3;
        sregs.Cr4 = state.Cr4;
        sregs.Efer = state.Efer;
        sregs.ApicBase = ApicBase | ApicEnabled | (x2Apic ? ApicX2Mode : 0) | (vcpu.Index == 0 ? ApicBootProcessor : 0);
        vcpu.Kvm.SetSregs(ref sregs);

        vcpu.Registers = new KvmRegs { Rip = vcpu.EntryPoint ?? state.Rip, Rsi = state.Rsi, Rsp = state.Rsp, Rflags = state.Rflags };
        vcpu.Kvm.MarkRegistersDirty();

        // What firmware would have left; KVM may know none of them, and then the guest finds the defaults.
        vcpu.Kvm.TrySetMsr(MsrMiscEnable, MiscEnableFastStrings);
        vcpu.Kvm.TrySetMsr(MsrPat, PatDefault);
        vcpu.Kvm.TrySetMsr(MsrMtrrDefaultType, MtrrWriteBackEnabled);
        vcpu.Kvm.SetMpState(KvmMpState.Runnable);
    }

    private static KvmSegment Segment(SegmentState state) => new()
    {
        Base = 0,
        Limit = SegmentState.Limit,
        Selector = state.Selector,
        Type = state.Type,
        Present = 1,
        Db = state.IsDefault32 ? (byte)1 : (byte)0,
        S = state.IsSystem ? (byte)0 : (byte)1,
        L = state.IsLong ? (byte)1 : (byte)0,
        G = 1,
    };
}
