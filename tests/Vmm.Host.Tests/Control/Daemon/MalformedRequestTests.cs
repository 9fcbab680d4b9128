using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>Clients that speak nonsense, from a seed.</summary>
public sealed class MalformedRequestTests : IAsyncLifetime
{
    private const int Requests = 10_000;
    private const int AtOnce = 8;

    private DaemonUnderTest _daemon = null!;

    public async ValueTask InitializeAsync() => _daemon = await DaemonUnderTest.StartedAsync();

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Daemon_TenThousandMalformedRequests_GoesOnServing()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "stay"));
        Machine before = await _daemon.Machines.StartAsync(new StartRequest { Name = "a" });

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, cancellation) =>
        {
            using Socket socket = await _daemon.OpenAsync(cancellation);
            try
            {
                await socket.SendAsync(Malformed(new Random(seed)), cancellation);
                if (seed % 16 == 0)
                {
                    // Some wait for what they get; most are gone at once.
                    socket.Shutdown(SocketShutdown.Send);
                    byte[] answer = new byte[4096];
                    while (await socket.ReceiveAsync(answer, cancellation) > 0)
                    {
                    }
                }
            }
            catch (SocketException)
            {
                // The daemon had enough of it.
            }
        });

        Assert.Equal(before, await _daemon.Machines.GetAsync(new GetRequest { Name = "a" }));
    }

    private static byte[] Malformed(Random random)
    {
        using MemoryStream bytes = new();
        switch (random.Next(6))
        {
            case 0: // noise from the first byte
                bytes.Write(Noise(random, 600));
                break;
            case 1: // a part of the preface
                bytes.Write(Preface().AsSpan(0, random.Next(Preface().Length)));
                break;
            case 2: // frames of noise, whose length may be true or not
                bytes.Write(Preface());
                Frame(bytes, type: 4, flags: 0, stream: 0, []);
                for (int i = random.Next(1, 6); i > 0; i--)
                {
                    byte[] payload = Noise(random, 100);
                    Frame(bytes, (byte)random.Next(12), (byte)random.Next(256), random.Next(4), payload, random.Next(3) == 0 ? random.Next(1 << 24) : payload.Length);
                }

                break;
            default: // a call that is right down to its message
                bytes.Write(Preface());
                Frame(bytes, type: 4, flags: 0, stream: 0, []);
                Frame(bytes, type: 1, flags: 4, stream: 1, Headers(random.Next(4) == 0 ? Noise(random, 40) : Path(random)));
                byte[] message = Message(random);
                Frame(bytes, type: 0, flags: (byte)random.Next(2), stream: 1, message);
                break;
        }

        return bytes.ToArray()[..(int)(random.Next(4) == 0 ? random.Next((int)bytes.Length + 1) : bytes.Length)];
    }

    private static byte[] Preface() => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private static byte[] Path(Random random)
    {
        string[] methods = ["Create", "Start", "Get", "List", "Watch", "Console", "Delete", "Kill", "Nothing"];
        return Encoding.UTF8.GetBytes($"/vmm.v1.Machines/{methods[random.Next(methods.Length)]}");
    }

    // Literal fields without indexing, RFC 7541, 6.2.2; names and values without Huffman coding.
    private static byte[] Headers(byte[] path)
    {
        using MemoryStream block = new();
        void Field(string name, ReadOnlySpan<byte> value)
        {
            block.WriteByte(0);
            block.WriteByte((byte)name.Length);
            block.Write(Encoding.ASCII.GetBytes(name));
            block.WriteByte((byte)value.Length);
            block.Write(value);
        }

        Field(":method", "POST"u8);
        Field(":scheme", "http"u8);
        Field(":path", path);
        Field(":authority", "daemon"u8);
        Field("content-type", "application/grpc"u8);
        Field("te", "trailers"u8);
        return block.ToArray();
    }

    private static byte[] Message(Random random)
    {
        // A string (field 1) that is no UTF-8, a length that is not true, or noise.
        byte[] body = random.Next(3) switch
        {
            0 => [0x0A, 4, 0xC3, 0x28, 0xFF, 0xFE],
            1 => [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 2, 3],
            _ => Noise(random, 200),
        };
        byte[] message = new byte[5 + body.Length];
        message[0] = (byte)(random.Next(4) == 0 ? random.Next(256) : 0);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(1), random.Next(3) == 0 ? (uint)random.NextInt64(uint.MaxValue) : (uint)body.Length);
        body.CopyTo(message, 5);
        return message;
    }

    private static void Frame(MemoryStream to, byte type, byte flags, int stream, byte[] payload, int? length = null)
    {
        Span<byte> header = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(header, (length ?? payload.Length) << 8);
        header[3] = type;
        header[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        to.Write(header);
        to.Write(payload);
    }

    private static byte[] Noise(Random random, int most)
    {
        byte[] noise = new byte[random.Next(most)];
        random.NextBytes(noise);
        return noise;
    }
}
