using Microsoft.Win32.SafeHandles;
using Vmm.Core.Interop;
using Vmm.Core.Memory;

namespace Vmm.Core.Storage;

/// <summary>A file or block device of the host that holds the bytes of a disk, one for one. All methods may be called from several threads at once.</summary>
/// <remarks>Data moves between the host's page cache and guest memory without a copy between. Nothing here allocates or throws once the disk is open.</remarks>
public sealed class HostDisk : IDisposable
{
    private static readonly byte[] Zeros = GC.AllocateArray<byte>(64 * 1024, pinned: true);

    private readonly SafeFileHandle _handle;
    private readonly int _file;

    private HostDisk(SafeFileHandle handle, long length)
    {
        _handle = handle;
        _file = (int)handle.DangerousGetHandle(); // open as long as this is
        Length = (ulong)length;
    }

    /// <summary>Size in bytes, as of when it was opened.</summary>
    public ulong Length { get; }

    /// <summary>Opens a disk. One that may be written is locked against other writers that ask (flock).</summary>
    /// <param name="path">A file or a block device.</param>
    /// <param name="readOnly">Whether it is never written.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static HostDisk Open(string path, bool readOnly)
    {
        SafeFileHandle handle = File.OpenHandle(
            path, FileMode.Open, readOnly ? FileAccess.Read : FileAccess.ReadWrite, readOnly ? FileShare.Read : FileShare.None);

        // The size that stat tells of a block device is 0; its end says more.
        long length = Libc.SeekToEnd((int)handle.DangerousGetHandle());
        if (length >= 0)
        {
            return new HostDisk(handle, length);
        }

        handle.Dispose();
        throw new IOException($"'{path}' is neither a file nor a block device");
    }

    /// <summary>The image format that the disk's first bytes look like, or null; see <see cref="ImageFormat"/>.</summary>
    /// <exception cref="IOException">The host cannot read it.</exception>
    public string? LooksLike()
    {
        Span<byte> head = stackalloc byte[ImageFormat.HeadSize];
        return ImageFormat.Recognise(head[..RandomAccess.Read(_handle, head, fileOffset: 0)]);
    }

    /// <summary>Reads into guest memory.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="segments">Where the bytes go.</param>
    /// <param name="offset">Position of the first one on the disk.</param>
    /// <returns>False when the host cannot, or the guest has taken the memory away.</returns>
    public bool TryRead(IDeviceMemory memory, ReadOnlySpan<GuestSegment> segments, ulong offset) => TryTransfer(memory, segments, offset, write: false);

    /// <summary>Writes from guest memory.</summary>
    /// <inheritdoc cref="TryRead"/>
    public bool TryWrite(IDeviceMemory memory, ReadOnlySpan<GuestSegment> segments, ulong offset) => TryTransfer(memory, segments, offset, write: true);

    /// <summary>Makes everything that was written safe against the loss of power.</summary>
    public bool TryFlush() => Libc.SyncData(_file);

    /// <summary>Gives back the space of a range, if the host can; what it reads as afterwards is not said.</summary>
    public bool TryDiscard(ulong offset, ulong length) => Libc.TryPunchHole(_file, offset, length) || Libc.LastErrorIsNotSupported();

    /// <summary>Makes a range read as zeros.</summary>
    /// <param name="offset">Position of the first byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="mayUnmap">Whether its space may be given back.</param>
    public bool TryWriteZeroes(ulong offset, ulong length, bool mayUnmap)
    {
        bool done = mayUnmap ? Libc.TryPunchHole(_file, offset, length) : Libc.TryZeroRange(_file, offset, length);
        return done || (Libc.LastErrorIsNotSupported() && TryWriteZeroBytes(offset, length));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private bool TryTransfer(IDeviceMemory memory, ReadOnlySpan<GuestSegment> segments, ulong offset, bool write)
    {
        int done = 0; // bytes of the first segment
        while (!segments.IsEmpty)
        {
            long moved = ScatterGather.Transfer(_file, memory, segments, done, offset, write);
            if (moved <= 0)
            {
                return false; // an error, or the end of a file that was cut short behind our back
            }

            offset += (ulong)moved;
            while (!segments.IsEmpty && moved >= segments[0].Length - done)
            {
                moved -= segments[0].Length - done;
                segments = segments[1..];
                done = 0;
            }

            done += (int)moved;
        }

        return true;
    }

    private bool TryWriteZeroBytes(ulong offset, ulong length)
    {
        while (length != 0)
        {
            long written = Libc.WriteAt(_file, Zeros.AsSpan(0, (int)Math.Min(length, (ulong)Zeros.Length)), offset);
            if (written <= 0)
            {
                return false;
            }

            offset += (ulong)written;
            length -= (ulong)written;
        }

        return true;
    }
}
