using Vmm.Core.Buses;
using Vmm.Devices.Streams;

namespace Vmm.Devices.Debug;

/// <summary>The debug console of Bochs and QEMU: bytes written to port 0xE9 appear on the host, and a read of 0xE9 tells that it is there.</summary>
/// <remarks>Output leaves by lines of at most <see cref="LineLength"/> bytes, so that it mixes well with other output.</remarks>
[Device("debug-console", Summary = "Output-only debug console (port 0xE9)")]
public sealed class DebugConsole : BytePortDevice, IDeviceState<DebugConsoleState>, IDeviceMetrics, IFlushable, IAsyncDisposable
{
    /// <summary>Longest line that leaves in one piece, in bytes.</summary>
    public const int LineLength = 256;

    private const byte Presence = 0xE9;
    private const int OutputCapacity = 16 * 1024;

    private readonly OutputPump _output;
    private readonly byte[] _line = new byte[LineLength];
    private int _length;

    /// <summary>Connects the console to its stream.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">Port and stream.</param>
    /// <param name="streams">Where the stream comes from.</param>
    /// <param name="time">Clock of the output's batches.</param>
    public DebugConsole(string name, DebugConsoleOptions options, IByteStreams streams, TimeProvider time)
        : base(name, new PortRange(options.Port, 1, "debug console")) =>
        _output = new OutputPump(Gate, streams.Open(options.Stream).Output, OutputCapacity, time);

    /// <summary>Bytes lost because the host was slow or closed the stream.</summary>
    public long LostBytes => _output.Lost;

    /// <inheritdoc/>
    public IEnumerable<DeviceMetric> Metrics => [new("lostBytes", LostBytes)];

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            EndLine();
        }

        return _output.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (Gate)
        {
            EndLine();
        }

        return _output.DisposeAsync();
    }

    /// <inheritdoc/>
    public override void Reset() => EndLine();

    /// <inheritdoc/>
    public DebugConsoleState SaveState() => new(_line[.._length]);

    /// <inheritdoc/>
    public void RestoreState(DebugConsoleState state)
    {
        DeviceStateException.ThrowUnless(state.Line.Count < LineLength, "a line that is too long");
        _length = 0;
        foreach (byte value in state.Line)
        {
            _line[_length++] = value;
        }
    }

    /// <inheritdoc/>
    protected override byte ReadRegister(int range, int offset) => Presence;

    /// <inheritdoc/>
    protected override void WriteRegister(int range, int offset, byte value)
    {
        _line[_length++] = value;
        if (value == '\n' || _length == LineLength)
        {
            EndLine();
        }
    }

    private void EndLine()
    {
        foreach (byte value in _line.AsSpan(0, _length))
        {
            _output.Write(value);
        }

        _length = 0;
    }
}
