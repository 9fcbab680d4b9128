using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>A quote generation service for tests: real framing by the specification's offsets, and any behaviour behind it.</summary>
internal sealed class QgsStandIn : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _ends = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("vmm-qgs-").FullName;
    private readonly Func<int, byte[], byte[]?> _answer;
    private readonly Task _serving;

    /// <param name="answer">Makes the bytes to send of the number of the request and its report; null: nothing, and the connection stays open.</param>
    /// <param name="tcp">Whether it listens at a TCP port instead of a Unix socket.</param>
    public QgsStandIn(Func<int, byte[], byte[]?> answer, bool tcp = false)
    {
        _answer = answer;
        string path = Path.Combine(_folder, "qgs.socket");
        _listener = tcp ? new(SocketType.Stream, ProtocolType.Tcp) : new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(tcp ? new IPEndPoint(IPAddress.IPv6Loopback, 0) : new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        Endpoint = _listener.LocalEndPoint is IPEndPoint { Port: var port } ? $"tcp:[::1]:{port}" : $"unix:{path}";
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Where it listens, as a configuration writes it.</summary>
    public string Endpoint { get; }

    /// <summary>How long it thinks before each byte of its answer; null: it sends all at once.</summary>
    public TimeSpan? PauseBetweenBytes { get; init; }

    public int Requests { get; private set; }

    /// <summary>A sound answer.</summary>
    public static byte[] Answer(byte[] quote, uint error = 0, uint type = 1, uint major = 1, int sizeError = 0)
    {
        byte[] message = new byte[4 + 24 + quote.Length];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)(24 + quote.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), major);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), type);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), (uint)(24 + quote.Length + sizeError));
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(16), error);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(24), (uint)quote.Length);
        quote.CopyTo(message, 28);
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Dispose();
        await _serving;
        _ends.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SendAsync(Socket connection, byte[] answer)
    {
        int piece = PauseBetweenBytes is null ? Math.Max(answer.Length, 1) : 1;
        for (int at = 0; at < answer.Length; at += piece)
        {
            await Task.Delay(PauseBetweenBytes ?? TimeSpan.Zero, _ends.Token);
            await connection.SendAsync(answer.AsMemory(at, Math.Min(piece, answer.Length - at)), _ends.Token);
        }
    }

    private async Task ServeAsync()
    {
        List<Socket> open = [];
        try
        {
            while (true)
            {
                Socket connection = await _listener.AcceptAsync(_ends.Token);
                open.Add(connection);
                byte[] request = new byte[4 + 16 + 8 + 1024];
                await new NetworkStream(connection).ReadExactlyAsync(request, _ends.Token);
                Assert.Equal(request.Length - 4, BinaryPrimitives.ReadInt32BigEndian(request));
                Assert.Equal([1, 0, 1, 0, 0, 0, 0, 0, 0x18, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0], request[4..28]);
                if (_answer(Requests++, request[28..]) is { } answer)
                {
                    await SendAsync(connection, answer);
                    connection.Dispose();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (SocketException)
        {
            // Who asked has gone away.
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }
}
