using System.Buffers;
using System.IO.Pipelines;
using Vmm.Core.Buses;

namespace Mailbox;

/// <summary>The host's end of the serial line: answers one line with one line.</summary>
/// <remarks>
/// Only what begins with <c>?</c> is a question. A terminal that echoes would otherwise send our answers back to us for ever.
/// </remarks>
internal sealed class MailboxLine : IByteStreams, IDuplexPipe, IAsyncDisposable
{
    private const int LongestQuestion = 256; // what is longer is no question: memory stays bounded

    private readonly MailboxValues _values;
    private readonly Pipe _fromGuest = new();
    private readonly Pipe _toGuest = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _answering;

    public MailboxLine(MailboxValues values)
    {
        _values = values;
        _answering = Task.Run(AnswerAsync);
    }

    PipeReader IDuplexPipe.Input => _toGuest.Reader;

    PipeWriter IDuplexPipe.Output => _fromGuest.Writer;

    public IDuplexPipe Open(string name) => this;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _answering.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        try
        {
            ReadResult result;
            do
            {
                result = await _fromGuest.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
                ReadOnlySequence<byte> rest = result.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    Answer(rest.Slice(0, end));
                    await _toGuest.Writer.FlushAsync(_stop.Token).ConfigureAwait(false);
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                _fromGuest.Reader.AdvanceTo(rest.Length > LongestQuestion ? rest.End : rest.Start, rest.End);
            }
            while (!result.IsCompleted);
        }
        catch (OperationCanceledException)
        {
            // disposed
        }

        await _fromGuest.Reader.CompleteAsync().ConfigureAwait(false);
        await _toGuest.Writer.CompleteAsync().ConfigureAwait(false);
    }

    private void Answer(ReadOnlySequence<byte> line)
    {
        if (line.Length is 0 or > LongestQuestion || line.FirstSpan[0] != '?')
        {
            return;
        }

        byte[]? value = _values.Ask(line.Slice(1).ToArray().AsSpan().TrimEnd((byte)'\r'));
        PipeWriter writer = _toGuest.Writer;
        writer.Write(value is null ? "!"u8 : "="u8);
        writer.Write(value);
        writer.Write("\n"u8);
    }
}
