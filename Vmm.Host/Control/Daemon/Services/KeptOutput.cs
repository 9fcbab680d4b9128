using Google.Protobuf;
using Grpc.Core;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>What a machine printed in its last run, from the files that its process wrote.</summary>
internal static class KeptOutput
{
    private const int ChunkSize = 64 << 10;
    private const byte LineEnd = (byte)'\n';

    // The older one first.
    private static readonly string[] Files = ["console.1.log", "console.log"];

    public static async Task SendAsync(string folder, LogsRequest request, IServerStreamWriter<ConsoleOutput> output, CancellationToken cancellation)
    {
        string[] files = [.. Files.Select(name => Path.Combine(folder, name)).Where(File.Exists)];
        long skip = request.Tail > 0 ? Math.Max(0, files.Sum(file => new FileInfo(file).Length) - request.Tail) : 0;
        if (request.TailLines > 0)
        {
            skip = Math.Max(skip, await StartOfLinesAsync(files, request.TailLines, cancellation));
        }

        await foreach (ReadOnlyMemory<byte> chunk in ReadAsync(files, skip, cancellation))
        {
            await output.WriteAsync(new ConsoleOutput { Data = ByteString.CopyFrom(chunk.Span) }, cancellation);
        }
    }

    private static async Task<long> StartOfLinesAsync(string[] files, uint lines, CancellationToken cancellation)
    {
        // Starts of the last lines, and of one that has not begun when all is said with a line end.
        Queue<long> starts = new([0]);
        long position = 0;
        await foreach (ReadOnlyMemory<byte> chunk in ReadAsync(files, skip: 0, cancellation))
        {
            for (int i = 0; i < chunk.Length; i++)
            {
                position++;
                if (chunk.Span[i] == LineEnd)
                {
                    starts.Enqueue(position);
                    if (starts.Count > lines + 1)
                    {
                        starts.Dequeue();
                    }
                }
            }
        }

        bool endsWithLine = starts.Last() == position;
        return starts.ElementAt(!endsWithLine && starts.Count > lines ? 1 : 0);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        string[] files, long skip, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        byte[] buffer = new byte[ChunkSize];
        foreach (string path in files)
        {
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            long skipped = Math.Min(skip, file.Length);
            file.Position = skipped;
            skip -= skipped;
            int length;
            while ((length = await file.ReadAsync(buffer, cancellation)) > 0)
            {
                yield return buffer.AsMemory(0, length);
            }
        }
    }
}
