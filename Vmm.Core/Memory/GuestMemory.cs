using System.Buffers.Binary;

namespace Vmm.Core.Memory;

/// <summary>
/// Guest-physical memory: a few regions of RAM, each with the VMM's own view and the views that the guest's two aliases
/// (private and shared) map. All access is checked; no address the guest supplies can reach beyond its own memory.
/// </summary>
/// <remarks>
/// The <c>Try…</c> and <c>Get…</c> methods use the VMM's view, which ignores isolation: they are for loaders and for the TDX module.
/// Devices use <see cref="IDeviceMemory"/>.
/// </remarks>
public sealed class GuestMemory : IDeviceMemory, IDisposable
{
    /// <summary>Page size of all tracking, in bytes.</summary>
    public const ulong PageSize = 4096;

    private readonly MemoryRegion[] _regions;

    private GuestMemory(MemoryRegion[] regions, ulong sharedBit)
    {
        _regions = regions;
        SharedBit = sharedBit;
        Size = regions.Aggregate(0UL, (sum, region) => sum + region.Range.Size);
    }

    /// <summary>Total RAM in bytes.</summary>
    public ulong Size { get; }

    /// <summary>The shared bit as a mask, or 0 where guest memory has no aliases.</summary>
    public ulong SharedBit { get; }

    /// <summary>Whether private and shared pages are kept apart.</summary>
    public bool IsIsolated => SharedBit != 0;

    /// <summary>The regions in ascending order.</summary>
    public IReadOnlyList<MemoryRegion> Regions => _regions;

    /// <summary>Allocates the memory of an ordinary guest: one view, every page reachable.</summary>
    /// <param name="ranges">Page-aligned ranges in ascending order.</param>
    /// <exception cref="HostMemoryException">The host cannot provide it.</exception>
    public static GuestMemory CreateOrdinary(params IEnumerable<MemoryRange> ranges) => Create(ranges, sharedBit: 0, MemoryIsolation.None);

    /// <summary>Allocates the memory of a TD: all pages start private; <see cref="SetAccess"/> converts them.</summary>
    /// <param name="sharedBit">The shared bit as a mask; above every range.</param>
    /// <param name="ranges">Page-aligned ranges in ascending order.</param>
    /// <exception cref="HostMemoryException">The host cannot provide it.</exception>
    public static GuestMemory CreateIsolated(ulong sharedBit, params IEnumerable<MemoryRange> ranges) => Create(ranges, sharedBit, MemoryIsolation.Aliases);

    /// <summary>
    /// Allocates the shared side of the memory of a TD whose private pages the host's kernel keeps. All pages start private:
    /// <see cref="SetAccess"/> notes which ones devices reach, and KVM's memory attributes say the same to the guest. Before the TD runs, what is
    /// written here is what its private pages are filled from.
    /// </summary>
    /// <param name="sharedBit">The shared bit as a mask; above every range.</param>
    /// <param name="ranges">Page-aligned ranges in ascending order.</param>
    /// <exception cref="HostMemoryException">The host cannot provide it.</exception>
    public static GuestMemory CreateSharedSide(ulong sharedBit, params IEnumerable<MemoryRange> ranges) => Create(ranges, sharedBit, MemoryIsolation.Kernel);

    /// <summary>Allocates memory that no guest will run on, for what a loader would put there: nothing but the framework is needed, on any operating system.</summary>
    /// <param name="ranges">Page-aligned ranges in ascending order.</param>
    /// <exception cref="HostMemoryException">The host cannot provide it.</exception>
    public static GuestMemory CreateForLoading(params IEnumerable<MemoryRange> ranges) => Create(ranges, sharedBit: 0, MemoryRegion.ForLoading);

    /// <summary>Whether all of a run of addresses is RAM.</summary>
    public bool IsRam(ulong gpa, ulong length) => Find(gpa, length) is not null;

    /// <summary>Gets a run of guest memory through the VMM's view.</summary>
    /// <returns>False when any byte of it is no RAM or the run crosses regions.</returns>
    public bool TryGetSpan(ulong gpa, int length, out Span<byte> span)
    {
        if (length >= 0 && Find(gpa, (ulong)length) is { } region)
        {
            span = region.HostSpan(gpa, length);
            return true;
        }

        span = default;
        return false;
    }

    /// <summary>Gets a run of guest memory that the caller knows to be RAM.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public Span<byte> GetSpan(ulong gpa, int length) => TryGetSpan(gpa, length, out Span<byte> span)
        ? span
        : throw new ArgumentOutOfRangeException(nameof(gpa), $"guest memory 0x{gpa:x}+0x{length:x} is not RAM");

    /// <summary>Where a run of guest memory that the caller knows to be RAM lies in this process, for the kernel to read it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not RAM of one region.</exception>
    public nint HostAddress(MemoryRange range) => Find(range.Gpa, range.Size) is { } region
        ? region.PrivateView + (nint)(range.Gpa - region.Range.Gpa)
        : throw new ArgumentOutOfRangeException(nameof(range), $"guest memory {range} is not RAM");

    /// <summary>Copies bytes into guest memory; for loaders. Ranges longer than <see cref="int.MaxValue"/> go piecewise.</summary>
    public void Write(ulong gpa, ReadOnlySpan<byte> data) => data.CopyTo(GetSpan(gpa, data.Length));

    /// <summary>Reads a little-endian quadword, as the page walker and the mailbox do.</summary>
    /// <returns>False when it is no RAM.</returns>
    public bool TryReadUInt64(ulong gpa, out ulong value)
    {
        bool ok = TryGetSpan(gpa, sizeof(ulong), out Span<byte> span);
        value = ok ? BinaryPrimitives.ReadUInt64LittleEndian(span) : 0;
        return ok;
    }

    /// <summary>How a page can be reached.</summary>
    /// <param name="gpa">Any address in the page, without the shared bit.</param>
    /// <returns>The access, or null when the page is no RAM.</returns>
    public PageAccess? GetAccess(ulong gpa) => Find(gpa, 1)?.GetAccess(gpa);

    /// <summary>Whether a vCPU that uses this address, with or without the shared bit, reaches memory.</summary>
    public bool IsReachable(ulong gpa)
    {
        bool shared = (gpa & SharedBit) != 0;
        PageAccess needed = shared ? PageAccess.Shared : PageAccess.Private;
        return GetAccess(gpa & ~SharedBit) is { } access && (access & needed) != 0;
    }

    /// <summary>Changes how a run of pages can be reached; running vCPUs follow at once (KVM's MMU notifier).</summary>
    /// <param name="gpa">Page-aligned first address, without the shared bit; the run lies in one region.</param>
    /// <param name="size">Page-aligned size in bytes.</param>
    /// <param name="access">The new access.</param>
    /// <param name="discard">Whether the old contents are dropped: the pages read as zeros afterwards.</param>
    /// <exception cref="HostMemoryException">The host refuses, e.g. because the process has too many mappings.</exception>
    public void SetAccess(ulong gpa, ulong size, PageAccess access, bool discard)
    {
        MemoryRegion region = Find(gpa, size) ?? throw new ArgumentOutOfRangeException(nameof(gpa), $"0x{gpa:x}+0x{size:x} is not RAM");
        region.SetAccess(gpa, size, access, discard);
    }

    /// <inheritdoc/>
    bool IDeviceMemory.TryGetSpan(ulong gpa, int length, out Span<byte> span)
    {
        gpa &= ~SharedBit;
        if (length >= 0 && Find(gpa, (ulong)length) is { } region && region.AllReachable(gpa, (ulong)length, PageAccess.Shared))
        {
            span = region.HostSpan(gpa, length);
            return true;
        }

        span = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MemoryRegion region in _regions)
        {
            region.Dispose();
        }
    }

    private static GuestMemory Create(IEnumerable<MemoryRange> ranges, ulong sharedBit, MemoryIsolation isolation) =>
        Create(ranges, sharedBit, range => new MemoryRegion(range, isolation));

    private static GuestMemory Create(IEnumerable<MemoryRange> ranges, ulong sharedBit, Func<MemoryRange, MemoryRegion> allocate)
    {
        List<MemoryRegion> regions = [];
        try
        {
            foreach (MemoryRange range in ranges)
            {
                regions.Add(allocate(range));
            }
        }
        catch
        {
            regions.ForEach(region => region.Dispose());
            throw;
        }

        return new GuestMemory([.. regions], sharedBit);
    }

    private MemoryRegion? Find(ulong gpa, ulong length)
    {
        // Two regions at the most in practice (below and above the hole under 4 GiB): a loop beats any index.
        foreach (MemoryRegion region in _regions)
        {
            if (region.Range.Contains(gpa, length))
            {
                return region;
            }
        }

        return null;
    }
}
