using Vmm.Core.Memory;

namespace Vmm.Core.Tests.Memory;

/// <summary>Memory that no guest runs on.</summary>
public sealed class LoadingMemoryTests
{
    private const ulong Gibi = 1 << 30;

    [Fact]
    public void CreateForLoading_TwoRegions_AreZeroAndKeepWhatIsWritten()
    {
        using var memory = GuestMemory.CreateForLoading(new MemoryRange(0, 16 << 20), new MemoryRange(4 * Gibi, 8 * Gibi));
        ulong last = (12 * Gibi) - 8;
        memory.Write(4096, [1, 2, 3]);
        memory.Write(last, [4, 5, 6]);

        Assert.Equal([0, 1, 2, 3, 0], memory.GetSpan(4095, 5).ToArray());
        Assert.Equal([4, 5, 6, 0, 0, 0, 0, 0], memory.GetSpan(last, 8).ToArray());
        Assert.False(memory.TryGetSpan(last, 9, out _));
        Assert.False(memory.IsIsolated);
    }

    [Fact]
    public void CreateForLoading_Discard_ReadsAsZeros()
    {
        using var memory = GuestMemory.CreateForLoading(new MemoryRange(0, 16 << 20));
        memory.Write(8192, [1, 2, 3]);
        memory.SetAccess(8192, 4096, PageAccess.Both, discard: true);

        Assert.Equal([0, 0, 0], memory.GetSpan(8192, 3).ToArray());
    }

    [Fact]
    public void CreateForLoading_NoGuest_HasNothingForKvmToMap()
    {
        using var memory = GuestMemory.CreateForLoading(new MemoryRange(0, 16 << 20));

        Assert.Equal((0, 0), (memory.Regions[0].PrivateView, memory.Regions[0].SharedView));
    }

    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        var memory = GuestMemory.CreateForLoading(new MemoryRange(0, 16 << 20));
        memory.Dispose();
        memory.Dispose();
    }
}
