using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Paging;

/// <summary>A guest's memory by linear address: walks the page tables as the processor would (Intel SDM vol. 3, 4.5), 4 or 5 levels.</summary>
/// <param name="memory">Guest memory; the shared bit is no part of an address in it.</param>
public sealed class LinearMemory(GuestMemory memory)
{
    private const ulong Cr0Paging = 1UL << 31;
    private const ulong Cr4FiveLevels = 1UL << 12;
    private const ulong EferLongModeActive = 1UL << 10;

    private const ulong Present = 1UL << 0;
    private const ulong Writable = 1UL << 1;
    private const ulong User = 1UL << 2;
    private const ulong Accessed = 1UL << 5;
    private const ulong Dirty = 1UL << 6;
    private const ulong LargePage = 1UL << 7;
    private const ulong ExecuteDisable = 1UL << 63;
    private const ulong AddressBits = ((1UL << 52) - 1) & ~(GuestMemory.PageSize - 1);
    private const int PageShift = 12;
    private const int IndexBits = 9;
    private const ulong IndexMask = (1UL << IndexBits) - 1;

    /// <summary>Translates an address.</summary>
    public Translation Translate(in KvmSregs sregs, ulong linear)
    {
        if ((sregs.Cr0 & Cr0Paging) == 0)
        {
            return new Translation(TranslationFault.None, linear, PageRights.Writable | PageRights.User | PageRights.Executable | PageRights.Dirty);
        }

        if ((sregs.Efer & EferLongModeActive) == 0)
        {
            return new Translation(TranslationFault.UnsupportedMode, linear, PageRights.None);
        }

        int levels = (sregs.Cr4 & Cr4FiveLevels) != 0 ? 5 : 4;
        return Walk(sregs.Cr3 & AddressBits, levels, linear);
    }

    /// <summary>Reads bytes; for instructions and tables of the processor, so it does not mind rights.</summary>
    /// <returns>How many were read: fewer where the translation or the memory ends.</returns>
    public int Read(in KvmSregs sregs, ulong linear, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && TryGetRun(in sregs, linear + (ulong)done, destination.Length - done, out Span<byte> run, out _))
        {
            run.CopyTo(destination[done..]);
            done += run.Length;
        }

        return done;
    }

    /// <summary>Gets the bytes at an address up to the end of its page.</summary>
    /// <param name="sregs">The processor's state.</param>
    /// <param name="linear">Address.</param>
    /// <param name="length">Most bytes wanted.</param>
    /// <param name="run">The bytes, through the VMM's view.</param>
    /// <param name="translation">Where the address leads.</param>
    /// <returns>False when there is no translation or no memory.</returns>
    public bool TryGetRun(in KvmSregs sregs, ulong linear, int length, out Span<byte> run, out Translation translation)
    {
        translation = Translate(in sregs, linear);
        int left = (int)(GuestMemory.PageSize - (linear & (GuestMemory.PageSize - 1)));
        run = default;
        return translation.IsValid && memory.TryGetSpan(translation.Gpa & ~memory.SharedBit, Math.Min(left, length), out run);
    }

    private Translation Walk(ulong table, int levels, ulong linear)
    {
        ulong rights = Writable | User;
        ulong used = Accessed;
        ulong disabled = 0;
        for (int level = levels; ; level--)
        {
            int shift = PageShift + ((level - 1) * IndexBits);
            ulong address = table + (((linear >> shift) & IndexMask) * sizeof(ulong));
            if (!memory.TryReadUInt64(address & ~memory.SharedBit, out ulong entry))
            {
                return new Translation(TranslationFault.TableOutsideMemory, address, PageRights.None);
            }

            if (!memory.IsReachable(address))
            {
                return new Translation(TranslationFault.TableUnreachable, address, PageRights.None);
            }

            if ((entry & Present) == 0)
            {
                return new Translation(TranslationFault.NotPresent, address, PageRights.None);
            }

            rights &= entry;
            used &= entry;
            disabled |= entry & ExecuteDisable;
            if (level == 1 || (level <= 3 && (entry & LargePage) != 0))
            {
                ulong offset = (1UL << shift) - 1;
                ulong gpa = (entry & AddressBits & ~offset) | (linear & offset);
                bool dirty = used != 0 && (entry & Dirty) != 0;
                return new Translation(TranslationFault.None, gpa, Combine(rights, dirty, disabled));
            }

            table = entry & AddressBits;
        }
    }

    private static PageRights Combine(ulong rights, bool dirty, ulong disabled) =>
        ((rights & Writable) != 0 ? PageRights.Writable : PageRights.None)
        | ((rights & User) != 0 ? PageRights.User : PageRights.None)
        | (disabled == 0 ? PageRights.Executable : PageRights.None)
        | (dirty ? PageRights.Dirty : PageRights.None);
}
