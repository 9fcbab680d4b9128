using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Vmm.Core.Buses;

namespace Vmm.Core.Testing;

/// <summary>A byte stream: two pipes, of which the device has one pair of ends and the test the other.</summary>
public sealed class FakeStream : IDuplexPipe, IStreamPeer
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Pipe _toDevice;
    private readonly Pipe _fromDevice;

    internal FakeStream(long threshold)
    {
        PipeOptions options = new(pauseWriterThreshold: threshold, resumeWriterThreshold: threshold / 2, useSynchronizationContext: false);
        _toDevice = new Pipe(options);
        _fromDevice = new Pipe(options);
    }

    /// <summary>What the host sends.</summary>
    public PipeWriter ToDevice => _toDevice.Writer;

    /// <summary>What the guest printed.</summary>
    public PipeReader FromDevice => _fromDevice.Reader;

    /// <inheritdoc/>
    public bool IsConnected { get; private set; } = true;

    /// <inheritdoc/>
    public TerminalSize? Size { get; private set; }

    /// <inheritdoc/>
    public Action? Changed { get; set; }

    PipeReader IDuplexPipe.Input => _toDevice.Reader;

    PipeWriter IDuplexPipe.Output => _fromDevice.Writer;

    /// <summary>The other end comes or goes.</summary>
    public void Connect(bool connected)
    {
        IsConnected = connected;
        Changed?.Invoke();
    }

    /// <summary>The other end is a terminal of some size.</summary>
    public void Resize(TerminalSize size)
    {
        Size = size;
        Changed?.Invoke();
    }

    /// <summary>Sends text, one byte a character.</summary>
    public async Task TypeAsync(string text)
    {
        using CancellationTokenSource timeout = new(s_patience);
        await ToDevice.WriteAsync(Encoding.Latin1.GetBytes(text), timeout.Token).ConfigureAwait(false);
    }

    /// <summary>Waits for the given number of bytes of output and takes them.</summary>
    public async Task<string> ReadAsync(int length)
    {
        using CancellationTokenSource timeout = new(s_patience);
        ReadResult result = await FromDevice.ReadAtLeastAsync(length, timeout.Token).ConfigureAwait(false);
        ReadOnlySequence<byte> taken = result.Buffer.Slice(0, Math.Min(length, result.Buffer.Length));
        string text = Encoding.Latin1.GetString(taken);
        FromDevice.AdvanceTo(taken.End);
        return text;
    }

    /// <summary>Takes all output there is, and whether the device has closed its end.</summary>
    public (string Text, bool Completed) ReadAll()
    {
        if (!FromDevice.TryRead(out ReadResult result))
        {
            return ("", false);
        }

        string text = Encoding.Latin1.GetString(result.Buffer);
        FromDevice.AdvanceTo(result.Buffer.End);
        return (text, result.IsCompleted);
    }
}
