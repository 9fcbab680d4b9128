using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vmm.Core.Sockets;

/// <summary>Stream sockets of AF_VSOCK (vsock(7)). The framework knows how to use one, but not how to open it.</summary>
public static partial class VsockSocket
{
    /// <summary>AF_VSOCK.</summary>
    internal const byte Family = 40;

    private const int Stream = 1;
    private const int CloseOnExec = 0x8_0000;
    private const int AddressFamilyNotSupported = 97;

    /// <summary>Opens a socket that is not connected yet; <see cref="VsockEndPoint"/> is what it connects to.</summary>
    /// <exception cref="SocketException">The kernel has no vsock.</exception>
    public static Socket Create()
    {
        int file = socket(Family, Stream | CloseOnExec, 0);
        return file >= 0
            ? new Socket(new SafeSocketHandle(file, ownsHandle: true))
            : throw new SocketException((int)(Marshal.GetLastPInvokeError() == AddressFamilyNotSupported ? SocketError.AddressFamilyNotSupported : SocketError.SocketError));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);
}
