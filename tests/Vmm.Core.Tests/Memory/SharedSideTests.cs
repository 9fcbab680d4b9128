using Vmm.Core.Memory;

namespace Vmm.Core.Tests.Memory;

/// <summary>Memory of which the private pages are the kernel's.</summary>
public sealed class SharedSideTests
{
    private const ulong SharedBit = 1UL << 47;
    private const ulong Page = GuestMemory.PageSize;

    [Fact]
    public void SharedSide_AtFirst_IsOutOfReachOfDevices()
    {
        using GuestMemory memory = Create();

        Assert.Equal(PageAccess.Private, memory.GetAccess(0));
        Assert.False(((IDeviceMemory)memory).TryGetSpan(SharedBit, 8, out _));
    }

    [Fact]
    public void SetAccess_ToShared_LetsDevicesInAndDropsWhatTheLoaderLeft()
    {
        using GuestMemory memory = Create();
        memory.Write(Page, [1, 2, 3, 4]);

        memory.SetAccess(Page, Page, PageAccess.Shared, discard: true);

        Assert.True(((IDeviceMemory)memory).TryGetSpan(Page | SharedBit, 4, out Span<byte> span));
        Assert.Equal([0, 0, 0, 0], span.ToArray());
        Assert.False(((IDeviceMemory)memory).TryGetSpan((Page | SharedBit) - 1, 4, out _));
    }

    [Fact]
    public void SharedSide_IsOneView()
    {
        using GuestMemory memory = Create();

        Assert.True(memory.IsIsolated);
        Assert.NotEqual(0, memory.Regions[0].PrivateView);
        Assert.Equal(0, memory.Regions[0].SharedView);
    }

    private static GuestMemory Create() => GuestMemory.CreateSharedSide(SharedBit, new MemoryRange(0, 4 * Page));
}
