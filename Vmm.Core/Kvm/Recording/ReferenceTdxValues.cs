using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;

namespace Vmm.Core.Kvm.Recording;

/// <summary>
/// What the reference host offers. Masks of configurable CPUID bits are those of TDX module 1.5 (its table of virtualised CPUID), less what KVM takes
/// out (TSX, WAITPKG); the CPUID of the processor is that of a Sapphire Rapids as far as launches look at it.
/// </summary>
internal static class ReferenceTdxValues
{
    internal const int ApiVersion = 12;
    internal const int TscKhz = 2_000_000;
    internal const ulong Attributes = 1 << 28; // SEPT_VE_DISABLE
    internal const ulong Xfam = 0x6_02E7; // x87, SSE, AVX, AVX-512, PKRU, AMX
    internal const ulong UserVmCalls = 1 << 1; // SetupEventNotifyInterrupt

    private const int MaxVcpus = 224;
    private const int MapGpaRange = 1 << 12;
    private const int VmTypes = (1 << (int)KvmVmType.Default) | (1 << (int)KvmVmType.SwProtected) | (1 << (int)KvmVmType.Tdx);
    private const int AllMsrExits = 7;
    private const uint All = uint.MaxValue;

    internal static KvmCpuidEntry2[] ConfigurableCpuid { get; } =
    [
        Leaf(0x1, 0x0FFF_3FFF, 0x00FF_0000, 0x3104_4D88, 0xB844_0000),
        Leaf(0x4, 0, 0xFFFF_C3FF, All, All, All),
        Leaf(0x4, 1, 0xFFFF_C3FF, All, All, All),
        Leaf(0x4, 2, 0xFFFF_C3FF, All, All, All),
        Leaf(0x4, 3, 0xFFFF_C3FF, All, All, All),
        Leaf(0x7, 0, 0, 0xDC2B_9308, 0x0241_7F45, 0x0005_411C),
        Leaf(0x7, 1, 0x1D30, 0, 0, 0),
        Leaf(0x7, 2, 0, 0, 0, 0x28),
        Leaf(0x1C, 0, 0xFF, 0, 0, 0),
        Leaf(0x8000_0008, 0x00FF_0000, 0x200, 0, 0),
    ];

    internal static KvmCpuidEntry2[] SupportedCpuid { get; } =
    [
        Leaf(0x0, 0x20, 0x756E_6547, 0x6C65_746E, 0x4965_6E69),
        Leaf(0x1, 0x0008_06F8, 0x0040_0800, 0xF7FA_3203, 0x1F8B_FBFF),
        Leaf(0x2, 0x00FE_FF01, 0xF0, 0, 0),
        Leaf(0x4, 0, 0x0400_4121, 0x02C0_003F, 0x3F, 0),
        Leaf(0x4, 1, 0x0400_4122, 0x01C0_003F, 0x3F, 0),
        Leaf(0x4, 2, 0x0400_4143, 0x03C0_003F, 0x7FF, 0),
        Leaf(0x4, 3, 0x0407_C163, 0x0380_003F, 0x1_BFFF, 4),
        Leaf(0x7, 0, 2, 0xF1BF_07AB, 0x1B41_5F6E, 0xAFC0_4410),
        Leaf(0x7, 1, 0x1C30, 0, 0, 0),
        Leaf(0x7, 2, 0, 0, 0, 0x17),
        Leaf(0xB, 0, 1, 2, 0x100, 0),
        Leaf(0xB, 1, 7, 0x70, 0x201, 0),
        Leaf(0xD, 0, 0x6_02E7, 0xA88, 0x2B00, 0),
        Leaf(0xD, 1, 0x1F, 0xA88, 0, 0),
        Leaf(0x15, 2, 160, 25_000_000, 0),
        Leaf(0x16, 2000, 3800, 100, 0),
        Leaf(0x4000_0000, 0x4000_0001, 0x4B4D_564B, 0x564B_4D56, 0x4D),
        Leaf(0x4000_0001, 0x0100_7EFB, 0, 0, 0),
        Leaf(0x8000_0000, 0x8000_0008, 0, 0, 0),
        Leaf(0x8000_0001, 0, 0, 0x121, 0x2C10_0800),
        Leaf(0x8000_0007, 0, 0, 0, 0x100),
        Leaf(0x8000_0008, 0x3934, 0x0000_D200, 0, 0),
    ];

    internal static int Extension(KvmCap capability) => capability switch
    {
        KvmCap.VmTypes => VmTypes,
        KvmCap.MaxVcpus or KvmCap.NrVcpus => MaxVcpus,
        KvmCap.MemoryAttributes => (int)KvmMemoryAttribute.Private,
        KvmCap.ExitHypercall => MapGpaRange,
        KvmCap.X86UserSpaceMsr => AllMsrExits,
        KvmCap.SyncRegs => 0,
        _ => 1,
    };

    private static KvmCpuidEntry2 Leaf(uint function, uint eax, uint ebx, uint ecx, uint edx) =>
        new() { Function = function, Eax = eax, Ebx = ebx, Ecx = ecx, Edx = edx };

    private static KvmCpuidEntry2 Leaf(uint function, uint index, uint eax, uint ebx, uint ecx, uint edx) =>
        new() { Function = function, Index = index, Flags = CpuidEntry.SignificantIndex, Eax = eax, Ebx = ebx, Ecx = ecx, Edx = edx };
}
