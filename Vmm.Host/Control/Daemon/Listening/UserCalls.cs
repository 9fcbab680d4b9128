using System.Runtime.InteropServices;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>The libc calls about users and groups.</summary>
internal static partial class UserCalls
{
    private const string Library = "libc";
    private const uint Unchanged = uint.MaxValue;

    // struct group: two pointers come before gr_gid.
    private static readonly int GroupIdOffset = 2 * nint.Size;

    /// <summary>The user that this process acts as.</summary>
    internal static uint EffectiveUser => geteuid();

    /// <summary>The number of a group; null if there is none of that name.</summary>
    internal static uint? FindGroup(string name)
    {
        nint entry = getgrnam(name);
        return entry == 0 ? null : (uint)Marshal.ReadInt32(entry, GroupIdOffset);
    }

    /// <summary>Gives a file to a group.</summary>
    /// <exception cref="IOException">This user may not.</exception>
    internal static void GiveToGroup(string path, uint group)
    {
        if (chown(path, Unchanged, group) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport(Library)]
    private static partial uint geteuid();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getgrnam(string name);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);
}
