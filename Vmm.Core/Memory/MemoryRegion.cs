using Vmm.Core.Interop;

namespace Vmm.Core.Memory;

/// <summary>
/// One run of RAM. A TD's region is one memory file mapped three times: the VMM's view (always readable and writable) and the two views that
/// back the guest's private and shared alias, whose page protections are the isolation. On TDX hardware the private pages are the kernel's
/// (guest_memfd), and there is one view, of the shared ones.
/// </summary>
public sealed unsafe class MemoryRegion : IDisposable
{
    private readonly PageAccess[] _pages;
    private readonly Lock _conversion = new();
    private int _file = -1;
    private byte* _host;
    private byte* _private;
    private byte* _shared;

    internal MemoryRegion(MemoryRange range, MemoryIsolation isolation)
    {
        if (range.Size == 0 || ((range.Gpa | range.Size) & (GuestMemory.PageSize - 1)) != 0)
        {
            throw new ArgumentException($"guest memory {range} is not page-aligned", nameof(range));
        }

        Range = range;
        _pages = new PageAccess[range.Size / GuestMemory.PageSize];
        Array.Fill(_pages, isolation == MemoryIsolation.None ? PageAccess.Both : PageAccess.Private);
        try
        {
            if (isolation == MemoryIsolation.Aliases)
            {
                _file = Libc.CreateMemoryFile("guest-memory", range.Size);
                _host = Libc.MapFile(_file, range.Size, Libc.ProtReadWrite);
                _private = Libc.MapFile(_file, range.Size, Libc.ProtReadWrite);
                _shared = Libc.MapFile(_file, range.Size, Libc.ProtNone);
            }
            else
            {
                _host = _private = Libc.MapAnonymous(range.Size, Libc.ProtReadWrite);
            }

            Libc.AdviseHugePages(_host, range.Size);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The guest-physical addresses of the region, without the shared bit.</summary>
    public MemoryRange Range { get; }

    /// <summary>Host address of what the private alias maps; all there is, for an ordinary guest or on TDX hardware.</summary>
    public nint PrivateView => (nint)_private;

    /// <summary>Host address of what the shared alias maps; 0 where there is one view only.</summary>
    public nint SharedView => (nint)_shared;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_private != _host)
        {
            Libc.Unmap(_private, Range.Size);
        }

        Libc.Unmap(_shared, Range.Size);
        Libc.Unmap(_host, Range.Size);
        _host = _private = _shared = null;
        if (_file >= 0)
        {
            // Once: the number may be somebody else's file by the next call.
            Libc.Close(_file);
            _file = -1;
        }
    }

    internal Span<byte> HostSpan(ulong gpa, int length) => new(_host + (gpa - Range.Gpa), length);

    internal PageAccess GetAccess(ulong gpa) => _pages[(gpa - Range.Gpa) / GuestMemory.PageSize];

    internal bool AllReachable(ulong gpa, ulong length, PageAccess access)
    {
        if (length == 0)
        {
            return true;
        }

        ulong first = (gpa - Range.Gpa) / GuestMemory.PageSize;
        ulong last = (gpa - Range.Gpa + length - 1) / GuestMemory.PageSize;
        for (ulong page = first; page <= last; page++)
        {
            if ((_pages[page] & access) == 0)
            {
                return false;
            }
        }

        return true;
    }

    internal void SetAccess(ulong gpa, ulong size, PageAccess access, bool discard)
    {
        if (((gpa | size) & (GuestMemory.PageSize - 1)) != 0)
        {
            throw new ArgumentException($"0x{gpa:x}+0x{size:x} is not page-aligned", nameof(gpa));
        }

        ulong offset = gpa - Range.Gpa;
        lock (_conversion)
        {
            // Take access away first, then the contents, then give access: no vCPU sees what it must not in between.
            Span<PageAccess> pages = _pages.AsSpan((int)(offset / GuestMemory.PageSize), (int)(size / GuestMemory.PageSize));
            pages.Clear();
            if (_shared is not null)
            {
                Libc.Protect(_private + offset, size, Libc.ProtNone);
                Libc.Protect(_shared + offset, size, Libc.ProtNone);
            }

            if (discard)
            {
                Discard(offset, size);
            }

            if (_shared is not null)
            {
                if ((access & PageAccess.Private) != 0)
                {
                    Libc.Protect(_private + offset, size, Libc.ProtReadWrite);
                }

                if ((access & PageAccess.Shared) != 0)
                {
                    Libc.Protect(_shared + offset, size, Libc.ProtReadWrite);
                }
            }

            pages.Fill(access);
        }
    }

    private void Discard(ulong offset, ulong size)
    {
        if (_file >= 0)
        {
            Libc.PunchHole(_file, offset, size);
        }
        else
        {
            Libc.DiscardAnonymous(_host + offset, size);
        }
    }
}
