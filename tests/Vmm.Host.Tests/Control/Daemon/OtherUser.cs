using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>Connects as another user. To the kernel users are of threads: one that ends with its connection is enough. Needs root.</summary>
internal static partial class OtherUser
{
    public const uint Nobody = 65534;

    private const nint SetGroups = 116; // SYS_setgroups
    private const nint SetResUid = 117; // SYS_setresuid
    private const nint SetResGid = 119; // SYS_setresgid

    public static Socket Connect(string path, uint user, uint group)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Check(syscall(SetGroups, 0, 0, 0));
                Check(syscall(SetResGid, (nint)group, (nint)group, (nint)group));
                Check(syscall(SetResUid, (nint)user, (nint)user, (nint)user));
                socket.Connect(new UnixDomainSocketEndPoint(path));
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? socket : throw new InvalidOperationException("cannot connect as another user", failure);
    }

    private static void Check(nint result)
    {
        if (result != 0)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third);
}
