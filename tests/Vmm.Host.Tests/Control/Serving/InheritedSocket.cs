using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vmm.Host.Tests.Control.Serving;

/// <summary>Starts a process whose standard input is a socket, which <see cref="Process"/> cannot: a shell in between takes it from a descriptor that is inherited.</summary>
internal static partial class InheritedSocket
{
    private const int SetDescriptorFlags = 2; // F_SETFD

    internal static Process Start(Socket socket, params string[] command)
    {
        int descriptor = (int)socket.Handle;
        Assert.Equal(0, Control(descriptor, SetDescriptorFlags, 0)); // not close-on-exec
        ProcessStartInfo start = new("/bin/bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"exec \"$@\" <&{descriptor} {descriptor}<&-"), "bash", .. command])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);
}
