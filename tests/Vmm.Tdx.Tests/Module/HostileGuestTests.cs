using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;

namespace Vmm.Tdx.Tests.Module;

/// <summary>A guest that calls every leaf with anything at all.</summary>
public sealed class HostileGuestTests : IDisposable
{
    private const int Calls = 200_000;
    private const ulong Success = 0;
    private const ulong InvalidRax = 0xC000010000000000;
    private const ulong InvalidRcx = 0xC000010000000001;
    private const ulong InvalidRdx = 0xC000010000000002;
    private const ulong InvalidR8 = 0xC000010000000008;
    private const ulong IdIncorrect = 0xC0000C0000000000;
    private const ulong NotWritable = 0xC0000C0100000000;
    private const ulong NotReadable = 0xC0000C0200000000;
    private const ulong ValueNotValid = 0xC0000C0300000000;
    private const ulong FirstFieldId = 0x00000C0B00000000;

    private static readonly Dictionary<int, ulong[]> Allowed = new()
    {
        [0] = [Success, InvalidRcx],
        [1] = [Success],
        [2] = [Success, InvalidRcx, InvalidRdx, 0x80000200000000A8],
        [3] = [Success, 0xC000070400000000],
        [4] = [Success, InvalidRcx, InvalidRdx, InvalidR8, 0x80000200000000A8],
        [5] = [Success, InvalidRcx],
        [6] = [Success, InvalidRcx, 0x00000B0A00000000, 0x00000B0A00000001, 0xC0000B0B00000001, 0x8000020000000001],
        [7] = [Success, InvalidRcx, IdIncorrect, NotReadable, FirstFieldId],
        [8] = [Success, InvalidRcx, IdIncorrect, NotWritable, ValueNotValid],
        [9] = [Success, InvalidRcx, IdIncorrect, FirstFieldId],
        [10] = [Success, InvalidRcx, IdIncorrect, NotWritable, ValueNotValid],
        [11] = [Success, IdIncorrect, FirstFieldId],
        [12] = [Success, InvalidRdx, IdIncorrect],
        [18] = [0xC0000D0500000000],
        [20] = [0xC0000D0500000000],
        [22] = [Success, InvalidRcx, 0xC000100000000000, 0xC000100100000000],
        [23] = [Success, InvalidRcx],
        [24] = [Success, InvalidRcx, InvalidRdx, InvalidR8, 0xC0000B0B00000001, 0xC0000B0B00000002],
    };

    private static readonly ulong[] Boundaries =
    [
        0, 1, 2, 3, 4, 7, 8, 0xFF, 0xFFCC, 0xFFFF, 0x10000, 0xFFFF_FFFF, 1UL << 32, 1UL << 47, 1UL << 48, 1UL << 51, 1UL << 52, 1UL << 62, 1UL << 63,
        ulong.MaxValue, ulong.MaxValue & ~(7UL << 52), TdUnderTest.PrivatePage, TdUnderTest.PrivatePage + 0x40, TdUnderTest.PrivatePage + 0x400,
        TdUnderTest.SharedPage, TdUnderTest.SharedPage | TdUnderTest.SharedBit, TdUnderTest.PendingPage, TdUnderTest.LargePage | 1,
        TdUnderTest.MemorySize - 1, TdUnderTest.MemorySize - TdUnderTest.Page, TdUnderTest.MemorySize, 0x4000_0002,
        0x9110000300000010, 0x1110000300000017, 0x1310000300000040, 0x1310000300000057, 0x9410000300000000, 0x9C1000020000023F, 0x9C10000200000240,
        0xA120000000000000, 0xA12000000000007F, 0xA020000000000007, 0x0800000200000000, 0x0A00000300000008, RecordingVmm.KnownLeaf,
    ];

    private readonly TdUnderTest _td = new(ConfigFlags.NoRbpMod | ConfigFlags.FlexiblePendingVe);

    public void Dispose() => _td.Dispose();

    [Fact]
    public void RandomCalls_EveryLeaf_HaveStatusesOfTheSpecificationAndAllocateNothing()
    {
        var random = new Random(20);
        Run(random, Calls / 20);
        long before = GC.GetAllocatedBytesForCurrentThread();

        (int leaf, ulong status) = Run(random, Calls);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(leaf < 0, $"leaf {leaf} answered {new TdxStatus(status)}");
        Assert.Equal(0, allocated);
    }

    // Returns the first answer that is not allowed, or a leaf of -1. Allocates nothing itself.
    private (int Leaf, ulong Status) Run(Random random, int calls)
    {
        for (int call = 0; call < calls; call++)
        {
            KvmRegs registers = default;
            Span<ulong> values = TdUnderTest.Values(ref registers);
            foreach (ref ulong value in values)
            {
                value = Value(random);
            }

            int leaf = random.Next(3) == 0 ? random.Next(256) : random.Next(28);
            ulong rax = (uint)leaf | (random.Next(50) == 0 ? Value(random) << 16 : 0) | (leaf == (int)TdCallLeaf.VmRd ? (ulong)random.Next(2) << 16 : 0);
            registers.Rax = rax;
            TdCallResult result = _td.Module.Call(_td.Vcpu, ref registers);
            if (!IsAllowed((int)(rax & 0xFFFF), rax, in result, registers.Rax))
            {
                return (leaf, registers.Rax);
            }

            Reconvert(random);
        }

        return (-1, 0);
    }

    private static bool IsAllowed(int leaf, ulong rax, in TdCallResult result, ulong status)
    {
        if (result.Violation is not null)
        {
            return leaf is 2 or 4 or 12 or 22 or 23 or 24 && status == rax;
        }

        bool legalCall = Allowed.ContainsKey(leaf) && (rax >> 16 == 0 || (rax >> 16 == 1 && leaf == 7));
        return legalCall ? Array.IndexOf(Allowed[leaf], status) >= 0 : status == InvalidRax;
    }

    private static ulong Value(Random random) => random.Next(4) switch
    {
        0 => (ulong)random.NextInt64() ^ ((ulong)random.Next(2) << 63),
        1 => 1UL << random.Next(64),
        _ => Boundaries[random.Next(Boundaries.Length)],
    };

    // Accepted pages would otherwise be all there is after a while.
    private void Reconvert(Random random)
    {
        if (random.Next(100) == 0)
        {
            _td.Pages.Convert(TdUnderTest.PendingPage, TdUnderTest.Page, shared: true);
            _td.Pages.Convert(TdUnderTest.PendingPage, TdUnderTest.Page, shared: false);
            _td.Pages.Convert(TdUnderTest.SharedPage, TdUnderTest.Page, shared: true);
            _td.Pages.Convert(TdUnderTest.LargePage, TdUnderTest.LargePage, shared: true);
            _td.Pages.Convert(TdUnderTest.LargePage, TdUnderTest.LargePage, shared: false);
        }
    }
}
