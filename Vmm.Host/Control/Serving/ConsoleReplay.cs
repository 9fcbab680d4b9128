using Google.Protobuf;
using Grpc.Core;
using Vmm.Host.Consoles;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Control.Serving;

/// <summary>What was printed in this run: from the log where there is one, and else what the history still has.</summary>
/// <param name="machine">The machine.</param>
/// <param name="output">Where it goes.</param>
/// <param name="call">The call.</param>
internal sealed class ConsoleReplay(ControlledRun machine, IServerStreamWriter<ConsoleOutput> output, ServerCallContext call)
{
    private const int ChunkSize = 16 << 10;

    private readonly ConsoleHistory _history = machine.Console.History!;
    private readonly byte[] _buffer = new byte[ChunkSize];

    /// <summary>Sends it.</summary>
    internal async Task ServeAsync(LogsRequest request)
    {
        long end = _history.End;
        long position = Math.Min(machine.Log?.Start ?? _history.Start, _history.Start);
        ulong missed = (ulong)(request.Tail == 0 ? position : 0);
        if (request.Tail != 0)
        {
            position = Math.Max(position, end - request.Tail);
        }

        if (request.TailLines != 0)
        {
            long first = LastLines(position, end, request.TailLines);
            (position, missed) = first > position ? (first, 0) : (position, missed);
        }

        position = await SendAsync(position, end, missed);
        if (request.Follow)
        {
            await new ConsoleStream(output.WriteAsync).SendAsync(_history, position, call.CancellationToken);
        }
    }

    private async Task<long> SendAsync(long position, long end, ulong missed)
    {
        while (position < end)
        {
            int count = Read(position, end, out long skipped);
            missed += (ulong)skipped;
            position += skipped + count;
            await output.WriteAsync(new ConsoleOutput { Data = ByteString.CopyFrom(_buffer, 0, count), Missed = missed });
            call.CancellationToken.ThrowIfCancellationRequested();
            missed = 0;
        }

        return position;
    }

    private int Read(long position, long end, out long missed)
    {
        Span<byte> room = _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - position));
        missed = 0;
        return position < _history.Start && machine.Log?.Read(position, room) is > 0 and { } logged ? logged : _history.Read(position, room, out missed);
    }

    /// <summary>Where the last so many lines begin; a line without an end counts.</summary>
    private long LastLines(long start, long end, uint lines)
    {
        Queue<long> begins = new(); // of the last lines
        begins.Enqueue(start);
        for (long position = start; position < end;)
        {
            int count = Read(position, end, out long missed);
            position += missed;
            for (int i = 0; i < count; i++)
            {
                if (_buffer[i] == '\n' && position + i + 1 < end)
                {
                    begins.Enqueue(position + i + 1);
                    if (begins.Count > lines)
                    {
                        begins.Dequeue();
                    }
                }
            }

            position += count;
        }

        return begins.Peek();
    }
}
