using System.Net.Sockets;
using System.Text;
using Vmm.Devices.Virtio.Vsock;

namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>A socket device with a driver, and the host's programs around it.</summary>
internal sealed class VsockBench : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vmm-vsock-");
    private readonly List<Socket> _sockets = [];

    public VsockBench(int connections = 1024, int bufferSize = 128 * 1024)
    {
        Device = new VirtioVsock("vsock", Options with { Connections = connections, BufferSize = bufferSize }, Memory, TimeProvider.System);
        Driver = new VsockDriver(Device, Memory);
    }

    public FakeMemory Memory { get; } = new(VsockDriver.MemorySize);

    public VirtioVsock Device { get; }

    public VsockDriver Driver { get; }

    public string Path => System.IO.Path.Combine(_folder.FullName, "vsock");

    public VirtioVsockOptions Options => new() { Cid = (uint)VsockPacket.GuestCid, Socket = new FileInfo(Path) };

    public long Metric(string name) => Device.Metrics.Single(metric => metric.Name == name).Value;

    /// <summary>A program of the host that listens for the guest at a port.</summary>
    public Socket Listen(uint port, int backlog = 512)
    {
        Socket socket = New();
        socket.Bind(new UnixDomainSocketEndPoint($"{Path}_{port}"));
        socket.Listen(backlog);
        return socket;
    }

    /// <summary>A program of the host that has connected and said something.</summary>
    public Socket Client(string greeting)
    {
        Socket socket = New();
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        socket.Send(Encoding.ASCII.GetBytes(greeting), SocketFlags.None, out _); // it may have been closed at once
        return socket;
    }

    /// <summary>A connection that a program of the host has begun and the guest accepted.</summary>
    public Socket FromHost(uint guestPort, out uint hostPort, uint guestSpace = 1 << 20)
    {
        Socket client = Client($"CONNECT {guestPort}\n");
        VsockPacket request = Driver.Receive();
        Assert.Equal((VsockPacket.Request, guestPort), (request.Operation, request.DestinationPort));
        hostPort = request.SourcePort;
        Driver.Send(new VsockPacket(VsockPacket.Response, guestPort, hostPort) { BufferSpace = guestSpace });
        Assert.Equal($"OK {hostPort}\n", ReadLine(client));
        return client;
    }

    /// <summary>A connection that the guest has begun and a program of the host accepted.</summary>
    public Socket FromGuest(uint guestPort, uint hostPort, uint guestSpace = 1 << 20)
    {
        using Socket listener = Listen(hostPort);
        Driver.Send(new VsockPacket(VsockPacket.Request, guestPort, hostPort) { BufferSpace = guestSpace });
        Socket accepted = listener.Accept();
        accepted.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        _sockets.Add(accepted);
        VsockPacket response = Driver.Receive();
        Assert.Equal((VsockPacket.Response, hostPort, guestPort), (response.Operation, response.SourcePort, response.DestinationPort));
        return accepted;
    }

    public static string Read(Socket socket, int length)
    {
        byte[] buffer = new byte[length];
        int read = 0;
        while (read < length && socket.Receive(buffer.AsSpan(read)) is > 0 and int more)
        {
            read += more;
        }

        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    public static string ReadLine(Socket socket)
    {
        StringBuilder line = new();
        while (line.Length == 0 || line[^1] != '\n')
        {
            string next = Read(socket, 1);
            if (next.Length == 0)
            {
                break;
            }

            line.Append(next);
        }

        return line.ToString();
    }

    /// <summary>Whether nothing more can come.</summary>
    public static bool IsAtEnd(Socket socket)
    {
        try
        {
            return socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    public void Dispose()
    {
        Device.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
        _folder.Delete(recursive: true);
    }

    private Socket New()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)s_patience.TotalMilliseconds };
        _sockets.Add(socket);
        return socket;
    }
}
