using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Vmm.Core.Interop;

namespace Vmm.Core.Memory;

/// <summary>
/// One run of RAM. A TD's region is one memory file mapped three times: the VMM's view (always readable and writable) and the two views that
/// back the guest's private and shared alias, whose page protections are the isolation. On TDX hardware the private pages are the kernel's
/// (guest_memfd), and there is one view, of the shared ones.
/// </summary>
public sealed unsafe class MemoryRegion : IDisposable
{
    private const int MebiShift = 20;

    private readonly PageAccess[] _pages;
    private readonly Lock _conversion = new();
    private int _file = -1;
    private byte* _host;
    private byte* _private;
    private byte* _shared;
    private MemoryMappedViewAccessor? _view; // of a region for loading, which has neither file nor mappings of its own

    internal MemoryRegion(MemoryRange range, MemoryIsolation isolation)
        : this(range, isolation == MemoryIsolation.None ? PageAccess.Both : PageAccess.Private)
    {
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

    private MemoryRegion(MemoryRange range, PageAccess access)
    {
        if (range.Size == 0 || ((range.Gpa | range.Size) & (GuestMemory.PageSize - 1)) != 0)
        {
            throw new ArgumentException($"guest memory {range} is not page-aligned", nameof(range));
        }

        if (range.Size / GuestMemory.PageSize > (ulong)Array.MaxLength)
        {
            throw new HostMemoryException($"keeping account of {range.Size >> MebiShift} MiB of guest memory", new OverflowException("too many pages"), "ask for less memory");
        }

        Range = range;
        _pages = new PageAccess[range.Size / GuestMemory.PageSize];
        Array.Fill(_pages, access);
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
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _view = null;
            _host = null;
        }

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

    /// <summary>Memory without a guest: pages are taken from the host as they are written, and no view of it can be given to KVM.</summary>
    internal static MemoryRegion ForLoading(MemoryRange range)
    {
        MemoryRegion region = new(range, PageAccess.Both);
        try
        {
            // The view keeps the file.
            using var file = MemoryMappedFile.CreateNew(mapName: null, checked((long)range.Size));
            region._view = file.CreateViewAccessor(0, (long)range.Size);
            region._view.SafeMemoryMappedViewHandle.AcquirePointer(ref region._host);
            return region;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new HostMemoryException($"allocating {range.Size >> MebiShift} MiB to load into", e, "ask for less memory");
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
        else if (_view is not null)
        {
            NativeMemory.Clear(_host + offset, (nuint)size);
        }
        else
        {
            Libc.DiscardAnonymous(_host + offset, size);
        }
    }
}
