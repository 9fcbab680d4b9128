using Vmm.Core.Machine;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

/// <summary>What KVM_GET_SUPPORTED_CPUID looks like, in short: every register of a leaf all ones unless it matters.</summary>
internal static class HostCpuid
{
    private const uint Ones = uint.MaxValue;

    public static CpuidEntry[] Intel { get; } =
    [
        new(0x0, 0, 0, 0x23, 0x756E_6547, 0x6C65_746E, 0x4965_6E69),
        new(0x1, 0, 0, 0xC06F2, Ones, Ones & ~0x8120_0000, Ones),
        new(0x2, 0, 0, Ones, Ones, Ones, Ones),
        new(0x4, 0, 1, Ones, Ones, Ones, Ones),
        new(0x4, 1, 1, Ones, Ones, Ones, Ones),
        new(0x5, 0, 0, Ones, Ones, Ones, Ones),
        new(0x6, 0, 0, 4, 0, 0, 0),
        new(0x7, 0, 1, 2, Ones, Ones, Ones),
        new(0x7, 1, 1, Ones, Ones, Ones, Ones),
        new(0xA, 0, 0, Ones, Ones, Ones, Ones),
        new(0xB, 0, 1, 1, 2, 0x100, 77),
        new(0xB, 1, 1, 7, 64, 0x201, 77),
        new(0xD, 0, 1, 7, 0x340, 0x340, 0),
        new(0x12, 0, 1, Ones, Ones, Ones, Ones),
        new(0x15, 0, 0, 2, 168, 24_000_000, 0),
        new(0x1F, 0, 1, 1, 2, 0x100, 77),
        new(0x23, 0, 1, Ones, Ones, Ones, Ones),
        new(0x4000_0000, 0, 0, 0x4000_0001, 0x4B4D_564B, 0x564B_4D56, 0x4D),
        new(0x4000_0001, 0, 0, Ones, 0, 0, Ones),
        new(0x8000_0000, 0, 0, 0x8000_0022, Ones, Ones, Ones),
        new(0x8000_0001, 0, 0, Ones, Ones, Ones, Ones),
        new(0x8000_0007, 0, 0, Ones, Ones, Ones, Ones),
        new(0x8000_0008, 0, 0, 0x003A_3934, Ones, Ones, Ones),
        new(0x8000_000A, 0, 0, Ones, Ones, Ones, Ones),
        new(0x8000_001F, 0, 0, Ones, Ones, Ones, Ones),
    ];

    public static CpuidEntry[] Amd { get; } =
    [
        new(0x0, 0, 0, 0x10, 0x6874_7541, 0x444D_4163, 0x6974_6E65),
        .. Intel.Where(entry => entry.Function is not (0x0 or 0x4 or 0x12 or 0x15 or 0x1F or 0x23)),
    ];
}
