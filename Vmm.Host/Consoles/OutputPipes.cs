using System.IO.Pipelines;

namespace Vmm.Host.Consoles;

/// <summary>Pipes for devices that write: each is written out in the order in which it is filled.</summary>
/// <param name="write">Writes all of it, waiting as long as it takes; throws nothing.</param>
internal sealed class OutputPipes(Func<ReadOnlyMemory<byte>, ValueTask> write)
{
    private readonly List<Task> _pumps = [];

    /// <summary>Pipes into a sink.</summary>
    public OutputPipes(IConsoleSink sink)
        : this(data =>
        {
            sink.Write(data.Span);
            return ValueTask.CompletedTask;
        })
    {
    }

    /// <summary>Opens a pipe for a device, which completes it at its end.</summary>
    public PipeWriter Open()
    {
        Pipe pipe = new();
        _pumps.Add(Task.Run(() => PumpAsync(pipe.Reader)));
        return pipe.Writer;
    }

    /// <summary>Waits until everything in completed pipes has been written out.</summary>
    /// <param name="patience">How long a reader that does not read can hold the process up.</param>
    public void Drain(TimeSpan patience)
    {
        Task.WaitAll([.. _pumps], patience);
        _pumps.Clear();
    }

    private async Task PumpAsync(PipeReader reader)
    {
        ReadResult result;
        do
        {
            result = await reader.ReadAsync();
            foreach (ReadOnlyMemory<byte> part in result.Buffer)
            {
                await write(part);
            }

            reader.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
        await reader.CompleteAsync();
    }
}
