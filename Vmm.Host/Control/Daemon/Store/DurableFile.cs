using Microsoft.Win32.SafeHandles;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon.Store;

/// <summary>Writes small files so that after a crash, of this process or of the host, there is the old content or the new one, and never a part.</summary>
internal static class DurableFile
{
    private const string Suffix = ".new";

    /// <summary>Replaces a file.</summary>
    /// <exception cref="NoRoomException">The disk is full; the old content is there.</exception>
    /// <exception cref="IOException">It cannot be written; the old content is there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + Suffix;
        try
        {
            using (SafeFileHandle file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                RandomAccess.Write(file, content, fileOffset: 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
            DiskCalls.FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch (IOException e)
        {
            TryDelete(temporary);
            throw IsNoRoom(e) ? new NoRoomException(path, e) : e;
        }
    }

    /// <summary>Whether an error says that the disk is full.</summary>
    public static bool IsNoRoom(IOException e) => e is NoRoomException || FullDisk.Caused(e);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // It is overwritten by the next attempt.
        }
    }
}
