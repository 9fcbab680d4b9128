using Vmm.Core.Boot.LongMode;
using Vmm.Core.Kvm.Layout;

namespace Vmm.TdxModel.Hardware.OnKvm;

/// <summary>The state of a vCPU after TDH.VP.INIT: 32-bit protected mode without paging, flat segments, at the reset vector.</summary>
internal static class ResetState
{
    private const ulong ResetVector = 0xFFFF_FFF0;
    private const byte CodeType = 0xB;
    private const byte DataType = 0x3;
    private const uint FamilyModelStepping = 0xC06F2;

    /// <summary>All but the general registers. ET is set on every processor; the module's VMXE does not show.</summary>
    internal static ProcessorState Processor { get; } = new()
    {
        Rip = ResetVector,
        Cr0 = 0x31, // PE, ET, NE
        Cr3 = 0,
        Cr4 = 0x40, // MCE
        Efer = 0x901, // SCE, LME, NXE
        GdtBase = 0,
        GdtLimit = 0xFFFF,
        Code = new SegmentState(0, CodeType, IsSystem: false, IsLong: false, IsDefault32: true),
        Data = new SegmentState(0, DataType, IsSystem: false, IsLong: false, IsDefault32: true),
    };

    /// <summary>The general registers.</summary>
    internal static KvmRegs Registers(int vcpu, int gpaWidth, ulong initialRcx) => new()
    {
        Rip = ResetVector,
        Rflags = 2,
        Rbx = (ulong)gpaWidth,
        Rcx = initialRcx,
        R8 = initialRcx,
        Rdx = FamilyModelStepping,
        Rsi = (ulong)vcpu,
    };
}
