using Google.Protobuf;
using Vmm.Host.Consoles;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Control.Serving;

/// <summary>What a machine prints, on its way to one client, at that client's pace.</summary>
/// <param name="send">Sends a part; completes when the transport has room for more.</param>
internal sealed class ConsoleStream(Func<ConsoleOutput, CancellationToken, Task> send)
{
    private const int ChunkSize = 16 << 10;

    /// <summary>Sends what is printed from a position on, until the end of the run.</summary>
    internal async Task SendAsync(ConsoleHistory history, long position, CancellationToken cancellation)
    {
        byte[] buffer = new byte[ChunkSize];
        while (await history.WaitAsync(position, cancellation))
        {
            int count = history.Read(position, buffer, out long missed);
            await send(new ConsoleOutput { Data = ByteString.CopyFrom(buffer, 0, count), Missed = (ulong)missed }, cancellation);
            position += missed + count;
        }
    }
}
