using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Buses;
using Vmm.Core.Memory;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Console;

/// <summary>Console device (virtio 1.2, 5.3): a console, and further ports by name, each on a byte stream of the host.</summary>
[Device("virtio-console", Summary = "virtio console and serial ports")]
public sealed class VirtioConsole : VirtioDevice, IFlushable, IAsyncDisposable
{
    /// <summary>The most ports, the console among them: each has two queues with a thread of their own.</summary>
    public const int MaximumPorts = 16;

    private const int MaximumNameLength = 64;
    private const int QueueSize = 64;
    private const int ControlReceive = 2;
    private const int ControlTransmit = 3;
    private const int QueuesOfPort = 2;

    private readonly ConsolePort[] _ports;
    private ConsoleConfig _config;
    private long _ignoredControl;

    /// <summary>Connects the ports to their streams.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">The ports.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="streams">Where the streams come from.</param>
    /// <param name="time">Clock of the output's batches.</param>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    public VirtioConsole(string name, VirtioConsoleOptions options, IDeviceMemory memory, IByteStreams streams, TimeProvider time)
        : base(name, VirtioDeviceType.Console, memory, QueueCount(Checked(options).Ports.Count + 1), QueueSize)
    {
        ConsolePortOptions console = new() { Name = name[..Math.Min(name.Length, MaximumNameLength)], Stream = options.Stream, Console = true };
        _ports = [.. options.Ports.Prepend(console).Select((port, id) => new ConsolePort(
            id, port, streams.Open(port.Stream), Queues[ReceiveQueueOf(id)], Queues[ReceiveQueueOf(id) + 1], memory, time))];
        Array.ForEach(_ports, port => port.Watch(() => PeerChanged(port)));
        _config = new ConsoleConfig { Size = _ports[0].Size ?? default, MaximumPorts = (uint)_ports.Length };
    }

    /// <inheritdoc/>
    public override IEnumerable<DeviceMetric> Metrics =>
    [
        .. base.Metrics,
        new("bytesToGuest", _ports.Sum(port => port.BytesToGuest)),
        new("bytesFromGuest", _ports.Sum(port => port.BytesFromGuest)),
        new("lostBytes", _ports.Sum(port => port.LostBytes)),
        new("ignoredControlMessages", Volatile.Read(ref _ignoredControl)),
        new("columns", (_ports[0].Size ?? default).Columns),
        new("rows", (_ports[0].Size ?? default).Rows),
    ];

    /// <inheritdoc/>
    protected override ulong DeviceFeatures =>
        (ulong)(ConsoleFeatures.MultiplePorts | ConsoleFeatures.EmergencyWrite | (_ports[0].Size is null ? 0 : ConsoleFeatures.Size));

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> Config => MemoryMarshal.AsBytes(new ReadOnlySpan<ConsoleConfig>(in _config));

    private bool HasPorts => HasFeature((ulong)ConsoleFeatures.MultiplePorts);

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_ports.Select(port => port.FlushAsync(cancellationToken).AsTask())).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        foreach (ConsolePort port in _ports)
        {
            await port.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected internal override void ServeQueue(Virtqueue queue)
    {
        switch (queue.Index)
        {
            case ControlReceive:
                SendNotices(queue);
                break;
            case ControlTransmit:
                ReceiveControl(queue);
                break;
            case int index when index % QueuesOfPort == 0:
                _ports[PortOf(index)].ServeReceive();
                break;
            case int index:
                _ports[PortOf(index)].ServeTransmit();
                break;
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteConfig(int offset, ReadOnlySpan<byte> data)
    {
        // 5.3.4: an emergency write is four bytes wide, of which the lowest is the character.
        if (offset == (int)Marshal.OffsetOf<ConsoleConfig>(nameof(ConsoleConfig.EmergencyWrite)) && data.Length == sizeof(uint))
        {
            _ports[0].EmergencyWrite(data[0]);
        }
    }

    /// <inheritdoc/>
    protected override void OnReset() => Array.ForEach(_ports, port => port.Reset());

    private static int QueueCount(int ports) => QueuesOfPort * (ports + 1);

    // 5.3.2: the control queues come between those of port 0 and those of port 1.
    private static int ReceiveQueueOf(int port) => port == 0 ? 0 : QueuesOfPort * (port + 1);

    private static int PortOf(int queue) => queue < ControlReceive ? 0 : (queue / QueuesOfPort) - 1;

    private static VirtioConsoleOptions Checked(VirtioConsoleOptions options)
    {
        string?[] names = [.. options.Ports.Select(port => port.Name)];
        string? mistake = names.Length >= MaximumPorts ? $"ports: there are {names.Length}, at most {MaximumPorts - 1} can be"
            : Array.FindIndex(names, name => !IsName(name)) is >= 0 and int bad
                ? $"ports[{bad}].name: \"{names[bad]}\" is not of 1 to {MaximumNameLength} printable ASCII characters without a slash"
            : names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice ? $"ports: two are named \"{twice.Key}\""
            : null;
        return mistake is null ? options : throw new ArgumentException(mistake, nameof(options));
    }

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaximumNameLength } && name.All(character => char.IsBetween(character, '!', '~') && character != '/');

    private void PeerChanged(ConsolePort port)
    {
        port.PeerChanged();
        Queues[ControlReceive].Wake();
        if (port.Id == 0 && port.Size is { } size && size != _config.Size)
        {
            _config.Size = size;
            ConfigChanged();
        }
    }

    private void SendNotices(Virtqueue queue)
    {
        foreach (ConsolePort port in _ports)
        {
            while (port.NextNotice is not PortNotices.None and PortNotices notice && queue.TryPop(out DescriptorChain chain))
            {
                port.Told(notice); // before it is read what there is to tell: what changes from here on is told again
                queue.Complete(chain, Write(chain, port, notice));
            }
        }
    }

    private static uint Write(DescriptorChain chain, ConsolePort port, PortNotices notice)
    {
        TerminalSize size = port.Size ?? default;
        return notice switch
        {
            PortNotices.Add => Write(chain, port, ConsoleEvent.PortAdd, 1, []),
            PortNotices.Console => Write(chain, port, ConsoleEvent.ConsolePort, 1, []),
            PortNotices.Name => Write(chain, port, ConsoleEvent.PortName, 1, port.Name),
            PortNotices.Open => Write(chain, port, ConsoleEvent.PortOpen, port.IsConnected ? 1 : 0, []),
            _ => Write(chain, port, ConsoleEvent.Resize, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<TerminalSize>(in size))),
        };
    }

    // A buffer that a message does not fit into is given back empty: the driver has chosen not to know.
    private static uint Write(DescriptorChain chain, ConsolePort port, ConsoleEvent what, int value, ReadOnlySpan<byte> more)
    {
        ConsoleControl message = new() { Port = (uint)port.Id, Event = what, Value = (ushort)value };
        uint header = (uint)Unsafe.SizeOf<ConsoleControl>();
        uint length = header + (uint)more.Length;
        return length <= chain.WritableLength
            && chain.TryWrite(0, MemoryMarshal.AsBytes(new ReadOnlySpan<ConsoleControl>(in message))) && chain.TryWrite(header, more) ? length : 0;
    }

    private void ReceiveControl(Virtqueue queue)
    {
        while (queue.TryPop(out DescriptorChain chain))
        {
            ConsoleControl message = default;
            if (!HasPorts || !chain.TryRead(0, MemoryMarshal.AsBytes(new Span<ConsoleControl>(ref message))) || !TryFollow(in message))
            {
                _ignoredControl++;
            }

            queue.Complete(chain, 0);
        }

        Queues[ControlReceive].Wake();
    }

    private bool TryFollow(in ConsoleControl message)
    {
        bool value = message.Value != 0;
        ConsolePort? port = message.Port < (uint)_ports.Length ? _ports[message.Port] : null;
        switch (message.Event)
        {
            case ConsoleEvent.DeviceReady:
                Array.ForEach(_ports, each => each.Notify(value ? PortNotices.Add : PortNotices.None));
                return true;
            case ConsoleEvent.PortReady when port is not null && value:
                port.Ready();
                return true;
            case ConsoleEvent.PortReady:
                return port is not null; // the driver cannot use it
            case ConsoleEvent.PortOpen when port is not null:
                port.OpenGuest(value);
                return true;
            default:
                return false;
        }
    }
}
