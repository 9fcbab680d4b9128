using Vmm.Core.Buses;

namespace Mailbox;

/// <summary>
/// A mailbox from the host to the guest: the guest writes a key into a window of ports, gives the command, and reads the value out of the same
/// window, page by page. What cloud-init and friends get from a metadata service a TD gets here without a network.
/// </summary>
[Device("mailbox", Summary = "Key-value mailbox from the host to the guest")]
public sealed class MailboxDevice : BytePortDevice, IDeviceMetrics, IDisposable
{
    /// <summary>Ports of the window; a page of a value.</summary>
    public const int WindowSize = 64;

    /// <summary>Number of ports.</summary>
    public const int PortCount = WindowSize + 4;

    /// <summary>Longest value in bytes: the page register has eight bits.</summary>
    public const int MaxValueLength = WindowSize * 256;

    // Behind the window, in order.
    private const int CommandRegister = WindowSize; // write: Find; read: 1 found, 0 not
    private const int PageRegister = WindowSize + 1;
    private const int LengthRegister = WindowSize + 2; // two bytes, low one first

    private const byte Find = 1;

    private readonly MailboxValues _values;
    private readonly ITimer _refresh;
    private readonly byte[] _key = new byte[WindowSize];
    private byte[]? _value;
    private byte _page;

    /// <summary>Opens the mailbox.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">Ports and values.</param>
    /// <param name="time">Clock by which the file is looked at again.</param>
    public MailboxDevice(string name, MailboxOptions options, TimeProvider time)
        : base(name, new PortRange(options.Port, PortCount, "mailbox"))
    {
        _values = new MailboxValues(options.Entries, options.File);
        _refresh = time.CreateTimer(static values => ((MailboxValues)values!).Refresh(), _values, MailboxValues.RefreshInterval, MailboxValues.RefreshInterval);
    }

    /// <inheritdoc/>
    public IEnumerable<DeviceMetric> Metrics => _values.Metrics;

    /// <inheritdoc/>
    public void Dispose() => _refresh.Dispose();

    /// <inheritdoc/>
    public override void Reset()
    {
        Array.Clear(_key);
        _value = null;
        _page = 0;
    }

    /// <inheritdoc/>
    protected override byte ReadRegister(int range, int offset) => offset switch
    {
        < WindowSize => ValueAt((_page * WindowSize) + offset),
        CommandRegister => _value is null ? (byte)0 : (byte)1,
        PageRegister => _page,
        LengthRegister => (byte)Length,
        _ => (byte)(Length >> 8),
    };

    /// <inheritdoc/>
    protected override void WriteRegister(int range, int offset, byte value)
    {
        switch (offset)
        {
            case < WindowSize:
                _key[offset] = value;
                break;
            case CommandRegister when value == Find:
                Answer();
                break;
            case PageRegister:
                _page = value;
                break;
        }
    }

    private int Length => _value?.Length ?? 0;

    private byte ValueAt(int position) => position < Length ? _value![position] : (byte)0;

    private void Answer()
    {
        int end = Array.IndexOf(_key, (byte)0);
        _value = _values.Ask(_key.AsSpan(0, end < 0 ? WindowSize : end));
        _page = 0;
    }
}
