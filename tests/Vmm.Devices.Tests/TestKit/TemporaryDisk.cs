using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>A file of some size, in memory where the host has such a place, so that flushes cost nothing.</summary>
internal sealed partial class TemporaryDisk : IDisposable
{
    public TemporaryDisk(long size)
    {
        string folder = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(folder, $"vmm-test-{Guid.NewGuid():n}.img");
        using FileStream file = System.IO.File.Create(Path);
        file.SetLength(size);
    }

    public string Path { get; }

    public FileInfo File => new(Path);

    /// <summary>What is on it; nobody may have it open for writing.</summary>
    public byte[] Content => System.IO.File.ReadAllBytes(Path);

    /// <summary>Cuts it short without asking for its lock.</summary>
    public void Truncate() => Assert.Equal(0, truncate(Path, 0));

    /// <summary>Reads a byte without asking for its lock.</summary>
    public byte ReadByte(long offset)
    {
        int file = open(Path, 0);
        Assert.True(file >= 0);
        using SafeFileHandle handle = new(file, ownsHandle: true);
        Span<byte> value = stackalloc byte[1];
        Assert.Equal(1, RandomAccess.Read(handle, value, offset));
        return value[0];
    }

    public void Dispose() => System.IO.File.Delete(Path);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int truncate(string path, long length);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
