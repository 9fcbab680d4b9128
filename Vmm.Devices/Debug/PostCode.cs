using Vmm.Core.Buses;

namespace Vmm.Devices.Debug;

/// <summary>The POST code port: firmware writes how far it has come, and Linux writes here to pass a microsecond.</summary>
/// <param name="name">Instance name.</param>
/// <param name="options">Port.</param>
[Device("post-code", Summary = "POST code port with a history")]
public sealed class PostCode(string name, PostCodeOptions options) : BytePortDevice(name, new PortRange(options.Port, 1, "POST code")), IDeviceState<PostCodeState>
{
    /// <summary>Number of codes kept.</summary>
    public const int HistoryLength = 16;

    private readonly byte[] _history = new byte[HistoryLength];
    private long _written;

    /// <summary>The last codes, oldest first; a code that is written again and again counts once.</summary>
    public IReadOnlyList<byte> History
    {
        get
        {
            lock (Gate)
            {
                int count = (int)Math.Min(_written, HistoryLength);
                return [.. Enumerable.Range(0, count).Select(i => At(_written - count + i))];
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset() => _written = 0;

    /// <inheritdoc/>
    public PostCodeState SaveState() => new(History);

    /// <inheritdoc/>
    public void RestoreState(PostCodeState state)
    {
        DeviceStateException.ThrowUnless(state.History.Count <= HistoryLength, "more codes than are kept");
        _written = 0;
        foreach (byte code in state.History)
        {
            _history[_written++] = code;
        }
    }

    /// <inheritdoc/>
    protected override byte ReadRegister(int range, int offset) => _written == 0 ? (byte)0 : At(_written - 1);

    /// <inheritdoc/>
    protected override void WriteRegister(int range, int offset, byte value)
    {
        if (_written == 0 || At(_written - 1) != value)
        {
            _history[_written % HistoryLength] = value;
            _written++;
        }
    }

    private byte At(long position) => _history[position % HistoryLength];
}
