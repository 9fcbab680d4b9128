using System.Collections;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Module.Pages;

/// <summary>
/// The states of a TD's pages and the rules by which they change. The states themselves are the page protections of guest memory: what is not
/// allowed here cannot happen there.
/// </summary>
/// <remarks>
/// <code>
///   private, accepted ── MapGPA(shared) ──► shared
///         ▲                                   │
///         └─ MEM.PAGE.ACCEPT ── pending ◄─ MapGPA(private)
/// </code>
/// All RAM starts accepted, as pages added before the TD's start do. Contents are lost on every conversion.
/// </remarks>
public sealed class SecureEpt : IPageConverter
{
    /// <summary>Size of a level-1 (large) leaf.</summary>
    public const ulong LargePageSize = 2UL << 20;

    private readonly GuestMemory _memory;
    private readonly GpaWidth _width;
    private readonly Lock _gate = new();

    // One bit a 2 MiB range, from address 0 to the end of RAM: mapped as one large leaf. What the VMM adds before start is mapped small, as KVM does.
    private readonly BitArray _large;

    /// <summary>Starts with all memory private and accepted.</summary>
    public SecureEpt(GuestMemory memory, GpaWidth width)
    {
        _memory = memory;
        _width = width;
        _large = new BitArray((int)(memory.Regions[^1].Range.End / LargePageSize) + 1);
    }

    /// <summary>Pages converted so far, in either direction.</summary>
    public long ConvertedPages { get; private set; }

    /// <summary>State of the page at an address.</summary>
    /// <param name="gpa">Any address in it, without the shared bit.</param>
    public PageState GetState(ulong gpa) => _memory.GetAccess(gpa) switch
    {
        null => PageState.Absent,
        PageAccess.Shared => PageState.Shared,
        PageAccess.None => PageState.Pending,
        _ => PageState.Private,
    };

    /// <summary>Level at which an address that is not shared is mapped: 0 for 4 KiB, 1 for 2 MiB.</summary>
    /// <param name="gpa">Any address of RAM, without the shared bit.</param>
    public int GetLevel(ulong gpa)
    {
        lock (_gate)
        {
            return _large[(int)(gpa / LargePageSize)] ? 1 : 0;
        }
    }

    /// <summary>Has a page mapped at a level, splitting a larger one.</summary>
    /// <param name="gpa">Any address of RAM, without the shared bit.</param>
    /// <param name="level">0 for 4 KiB, 1 for 2 MiB, 2 for 1 GiB, which nothing is mapped at.</param>
    /// <returns>False when the page is mapped at a smaller level.</returns>
    public bool TryDemote(ulong gpa, int level)
    {
        lock (_gate)
        {
            int range = (int)(gpa / LargePageSize);
            if (level > (_large[range] ? 1 : 0))
            {
                return false;
            }

            _large[range] = level == 1;
            return true;
        }
    }

    /// <summary>TDG.MEM.PAGE.ACCEPT.</summary>
    /// <param name="gpa">Private address, aligned to the level.</param>
    /// <param name="level">0 for 4 KiB, 1 for 2 MiB.</param>
    /// <remarks>
    /// An address that the VMM could back with nothing is refused, where hardware would leave the VMM no choice but to kill the TD.
    /// A shared page is taken back as KVM and QEMU do it: the missing private page makes them convert it.
    /// </remarks>
    public TdxStatus Accept(ulong gpa, int level)
    {
        ulong size = level == 0 ? GuestMemory.PageSize : LargePageSize;
        if (!_memory.IsRam(gpa, size))
        {
            return TdxStatus.OperandInvalid.With(OperandId.RCX);
        }

        try
        {
            lock (_gate)
            {
                return level == 0 ? AcceptSmall(gpa) : AcceptLarge(gpa);
            }
        }
        catch (HostMemoryException)
        {
            // The host cannot change the mapping now; to the guest its entry is locked.
            return TdxStatus.OperandBusy.With(OperandId.RCX);
        }
    }

    /// <inheritdoc/>
    public MapGpaOutcome Convert(ulong gpa, ulong size, bool shared)
    {
        if (!_memory.IsRam(gpa, size))
        {
            return TouchesRam(gpa, size) ? MapGpaOutcome.Refused : MapGpaOutcome.NotMemory;
        }

        try
        {
            lock (_gate)
            {
                ConvertRuns(gpa, gpa + size, shared);
            }

            return MapGpaOutcome.Converted;
        }
        catch (HostMemoryException)
        {
            return MapGpaOutcome.Refused;
        }
    }

    private TdxStatus AcceptSmall(ulong gpa)
    {
        int range = (int)(gpa / LargePageSize);
        if (GetState(gpa) == PageState.Private)
        {
            return TdxStatus.PageAlreadyAccepted.WithDetails(_large[range] ? 1u : 0u);
        }

        _memory.SetAccess(gpa, GuestMemory.PageSize, PageAccess.Private, discard: true);
        return TdxStatus.Success;
    }

    private TdxStatus AcceptLarge(ulong gpa)
    {
        int range = (int)(gpa / LargePageSize);
        if (_large[range])
        {
            return TdxStatus.PageAlreadyAccepted.WithDetails(1);
        }

        for (ulong page = gpa; page < gpa + LargePageSize; page += GuestMemory.PageSize)
        {
            if (GetState(page) != PageState.Pending)
            {
                // Small entries hang below the level-1 entry at which the walk ends.
                return TdxStatus.PageSizeMismatch.WithDetails(1);
            }
        }

        _memory.SetAccess(gpa, LargePageSize, PageAccess.Private, discard: true);
        _large[range] = true;
        return TdxStatus.Success;
    }

    // Pages already in the wanted state keep their contents; runs of the others are converted with one change of mapping each.
    private void ConvertRuns(ulong start, ulong end, bool shared)
    {
        for (ulong page = start; page < end;)
        {
            bool wanted = GetState(page) == PageState.Shared == shared;
            ulong run = page;
            while (page < end && GetState(page) == PageState.Shared == shared == wanted)
            {
                page += GuestMemory.PageSize;
            }

            if (!wanted)
            {
                Split(run, page);
                _memory.SetAccess(run, page - run, shared ? PageAccess.Shared : PageAccess.None, discard: true);
                ConvertedPages += (long)((page - run) / GuestMemory.PageSize);
            }
        }
    }

    private void Split(ulong start, ulong end)
    {
        for (ulong range = start / LargePageSize; range <= (end - 1) / LargePageSize; range++)
        {
            _large[(int)range] = false;
        }
    }

    private bool TouchesRam(ulong gpa, ulong size)
    {
        foreach (MemoryRegion region in _memory.Regions)
        {
            if (gpa < region.Range.End && gpa + size > region.Range.Gpa)
            {
                return true;
            }
        }

        return false;
    }
}
