using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Vmm.Core.Buses;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>One stream: two pipes, of which the device has one pair of ends and the test the other.</summary>
internal sealed class FakeStreams : IByteStreams, IDuplexPipe
{
    private readonly Pipe _toDevice;
    private readonly Pipe _fromDevice;

    /// <param name="threshold">Bytes in a pipe from which on its writer must wait.</param>
    public FakeStreams(long threshold = 64 * 1024)
    {
        var options = new PipeOptions(pauseWriterThreshold: threshold, resumeWriterThreshold: threshold / 2, useSynchronizationContext: false);
        _toDevice = new Pipe(options);
        _fromDevice = new Pipe(options);
    }

    public List<string> Opened { get; } = [];

    /// <summary>What the host types.</summary>
    public PipeWriter ToDevice => _toDevice.Writer;

    /// <summary>What the guest printed.</summary>
    public PipeReader FromDevice => _fromDevice.Reader;

    PipeReader IDuplexPipe.Input => _toDevice.Reader;

    PipeWriter IDuplexPipe.Output => _fromDevice.Writer;

    public IDuplexPipe Open(string name)
    {
        Opened.Add(name);
        return this;
    }

    public async Task TypeAsync(string text) => await ToDevice.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>Waits for the given number of bytes of output and takes them.</summary>
    public async Task<string> ReadAsync(int length)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(10));
        ReadResult result = await FromDevice.ReadAtLeastAsync(length, timeout.Token);
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
