using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace Vmm.Host.Terminal;

/// <summary>Guest output on a descriptor of this process: each pipe opened is written out in the order in which it is filled.</summary>
/// <param name="descriptor">1 or 2.</param>
/// <param name="warn">Prints one line for the user.</param>
public sealed class HostOutput(int descriptor, Action<string> warn)
{
    private static readonly TimeSpan NotReady = TimeSpan.FromMilliseconds(5);

    private readonly List<Task> _pumps = [];
    private bool _closed;

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

    /// <summary>Writes all of it, or finds that nobody reads any more.</summary>
    internal void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && !_closed)
        {
            int written = TerminalCalls.Write(descriptor, data);
            switch (written)
            {
                case >= 0:
                    data = data[written..];
                    break;
                case -TerminalCalls.EINTR:
                    break;
                case -TerminalCalls.EAGAIN:
                    Thread.Sleep(NotReady); // someone who shares the descriptor made it non-blocking
                    break;
                default:
                    // A closed pipe above all: a machine is no filter, it goes on without an audience.
                    _closed = true;
                    warn($"standard output: {Marshal.GetPInvokeErrorMessage(-written)}; what the guest prints from here on is lost");
                    break;
            }
        }
    }

    private async Task PumpAsync(PipeReader reader)
    {
        ReadResult result;
        do
        {
            result = await reader.ReadAsync();
            foreach (ReadOnlyMemory<byte> part in result.Buffer)
            {
                Write(part.Span);
            }

            reader.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
        await reader.CompleteAsync();
    }
}
