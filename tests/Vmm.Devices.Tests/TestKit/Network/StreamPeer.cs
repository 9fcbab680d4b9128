using System.Buffers.Binary;
using System.Net.Sockets;

namespace Vmm.Devices.Tests.TestKit.Network;

/// <summary>Stands in for passt: listens on a Unix socket, and speaks QEMU's stream protocol.</summary>
internal sealed class StreamPeer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? _connection;

    public StreamPeer(string? path = null)
    {
        Path = path ?? System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"vmm-test-{Guid.NewGuid():n}.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
    }

    public string Path { get; }

    public FileInfo File => new(Path);

    /// <summary>The device's connection.</summary>
    public Socket Connection
    {
        get
        {
            if (_connection is null)
            {
                Assert.True(_listener.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), "nobody has connected");
                _connection = _listener.Accept();
                _connection.ReceiveTimeout = _connection.SendTimeout = 10_000;
            }

            return _connection;
        }
    }

    public void Send(ReadOnlySpan<byte> frame) => Connection.Send([.. Prefix((uint)frame.Length), .. frame]);

    public void SendRaw(ReadOnlySpan<byte> bytes) => Connection.Send(bytes);

    /// <summary>The next frame from the guest.</summary>
    public byte[] Receive()
    {
        byte[] length = ReceiveBytes(sizeof(uint));
        return ReceiveBytes((int)BinaryPrimitives.ReadUInt32BigEndian(length));
    }

    /// <summary>Ends the connection; the next one can come.</summary>
    public void HangUp()
    {
        Connection.Dispose();
        _connection = null;
    }

    public static byte[] Prefix(uint length)
    {
        byte[] prefix = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(prefix, length);
        return prefix;
    }

    /// <summary>A frame of random bytes.</summary>
    public static byte[] Frame(int length, int seed = 1)
    {
        byte[] frame = new byte[length];
        new Random(seed).NextBytes(frame);
        return frame;
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _listener.Dispose();
        System.IO.File.Delete(Path);
    }

    private byte[] ReceiveBytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int more = Connection.Receive(bytes.AsSpan(have));
            Assert.NotEqual(0, more);
            have += more;
        }

        return bytes;
    }
}
