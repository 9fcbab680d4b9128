using System.Buffers.Binary;
using System.Net.Sockets;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>A quote generation service for tests: real framing by the specification's offsets, and any behaviour behind it.</summary>
internal sealed class QgsStandIn : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _ends = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("vmm-qgs-").FullName;
    private readonly Func<int, byte[], byte[]?> _answer;
    private readonly Task _serving;

    /// <param name="answer">Makes the bytes to send of the number of the request and its report; null: nothing, and the connection stays open.</param>
    public QgsStandIn(Func<int, byte[], byte[]?> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _serving = Task.Run(ServeAsync);
    }

    public string Path => System.IO.Path.Combine(_folder, "qgs.socket");

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
                    await connection.SendAsync(answer, _ends.Token);
                    connection.Dispose();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }
}
