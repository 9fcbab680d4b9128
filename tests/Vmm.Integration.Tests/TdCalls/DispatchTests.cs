using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.TdCalls;

/// <summary>RAX of TDCALL: leaf in bits 15:0, version in 23:16, the rest zero.</summary>
public sealed class DispatchTests
{
    // Numbers without a leaf, leaves of newer modules, of partitioning, and of debug builds.
    private static readonly ulong[] Unknown = [13, 14, 15, 16, 17, 19, 21, 25, 26, 27, 28, 29, 30, 33, 63, 64, 72, 254, 255, 0x100, 0x8001, 0xFFFF];

    [KvmFact]
    public void Leaf_Unknown_IsOperandInvalidRax()
    {
        CallTable table = [];
        foreach (ulong leaf in Unknown)
        {
            table.Add(TdCall(leaf), Fails(OperandInvalid + RaxId));
        }

        table.Check().Dispose();
    }

    [KvmFact]
    public void Leaf_ReservedBitsOfRax_IsOperandInvalidRax()
    {
        CallTable table = [];
        for (int bit = 24; bit < 64; bit++)
        {
            table.Add(TdCall(1 | (1UL << bit)), Fails(OperandInvalid + RaxId));
        }

        table.Check().Dispose();
    }

    [KvmFact]
    public void Version_NotZero_IsForVmRdOnly()
    {
        CallTable table = [];
        foreach (ulong leaf in new ulong[] { 0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 18, 20, 22, 23, 24 })
        {
            table.Add(TdCall(leaf | (1 << 16)), Fails(OperandInvalid + RaxId));
        }

        const ulong Attributes = 0x1110_0003_0000_0000;
        const ulong Xfam = Attributes + 1;
        table.Add(TdCall(7 | (1 << 16)) with { Rcx = 0, Rdx = Attributes }, r => r with { Rax = 0, Rdx = Xfam, R8 = SeptVeDisable });
        table.Add(TdCall(7 | (2 << 16)) with { Rcx = 0, Rdx = Attributes }, Fails(OperandInvalid + RaxId));
        table.Add(TdCall(7 | (255 << 16)) with { Rcx = 0, Rdx = Attributes }, Fails(OperandInvalid + RaxId));
        table.Check().Dispose();
    }
}
