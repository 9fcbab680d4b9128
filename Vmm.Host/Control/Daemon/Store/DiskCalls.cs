using System.Runtime.InteropServices;

namespace Vmm.Host.Control.Daemon.Store;

/// <summary>The libc calls that make a rename last; the class library opens no folders.</summary>
internal static partial class DiskCalls
{
    private const string Library = "libc";
    private const int ReadOnlyFolder = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC

    /// <summary>Writes the entries of a folder to the disk.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    internal static void FlushFolder(string path)
    {
        int folder = open(path, ReadOnlyFolder, 0);
        if (folder < 0)
        {
            throw Failure(path);
        }

        int result = fsync(folder);
        IOException failure = Failure(path);
        _ = close(folder);
        if (result != 0)
        {
            throw failure;
        }
    }

    private static IOException Failure(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport(Library)]
    private static partial int close(int descriptor);
}
