using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vmm.Core.Sockets;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>A listener of AF_VSOCK that this machine itself can reach (vsock(7), VMADDR_CID_LOCAL).</summary>
internal sealed partial class VsockLoopback : IDisposable
{
    private const uint LocalCid = 1;
    private const uint Port = 40_508;
    private const int RequestSize = 4 + 16 + 8 + 1024;

    private readonly Socket _listener;

    private VsockLoopback(Socket listener) => _listener = listener;

    public string Endpoint { get; } = $"vsock:{LocalCid}:{Port}";

    /// <summary>Listens, or skips the test where the kernel has no loopback.</summary>
    public static VsockLoopback OpenOrSkip()
    {
        try
        {
            Socket listener = VsockSocket.Create();
            listener.Bind(new VsockEndPoint(LocalCid, Port));
            listener.Listen();
            return new VsockLoopback(listener);
        }
        catch (SocketException e)
        {
            Assert.Skip($"this machine cannot talk to itself by vsock (modprobe vsock_loopback): {e.Message}");
            throw;
        }
    }

    /// <summary>Takes one connection, reads one request and sends an answer.</summary>
    public void ServeOne(byte[] answer)
    {
        // The framework accepts only from address families that it knows.
        using Socket connection = new(new SafeSocketHandle(Accept((int)_listener.Handle, 0, 0), ownsHandle: true));
        for (int read = 0; read < RequestSize;)
        {
            read += connection.Receive(new byte[RequestSize - read]);
        }

        connection.Send(answer);
    }

    public void Dispose() => _listener.Dispose();

    [LibraryImport("libc", EntryPoint = "accept", SetLastError = true)]
    private static partial int Accept(int listener, nint address, nint length);
}
