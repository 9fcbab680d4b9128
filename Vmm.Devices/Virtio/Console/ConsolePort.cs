using System.IO.Pipelines;
using System.Text;
using Vmm.Core.Buses;
using Vmm.Core.Memory;
using Vmm.Devices.Streams;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Console;

/// <summary>A port: a byte stream of the host, and the two queues of the guest. Each port holds back its own writers and nobody else's.</summary>
internal sealed class ConsolePort : IAsyncDisposable
{
    private const int InputCapacity = 16 * 1024;
    private const int OutputCapacity = 64 * 1024;
    private const int ChunkSize = 4096;

    private readonly Lock _gate = new();
    private readonly IStreamPeer? _peer;
    private readonly ByteRing _input = new(InputCapacity);
    private readonly InputPump _inputPump;
    private readonly OutputPump _output;
    private readonly Virtqueue _receive;
    private readonly Virtqueue _transmit;
    private readonly DescriptorChain _sending;
    private readonly byte[] _chunk = new byte[ChunkSize];
    private bool _isSending;
    private uint _sent;
    private bool _waitsForHost;
    private volatile bool _guestOpen;
    private volatile bool _ready;
    private int _notices;
    private long _toGuest;
    private long _fromGuest;
    private long _lost;

    /// <summary>Connects a port.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="options">Its name, and whether it is a console.</param>
    /// <param name="pipe">The stream.</param>
    /// <param name="receive">The queue by which the guest gets bytes.</param>
    /// <param name="transmit">The queue by which it sends them.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="time">Clock of the output's batches.</param>
    public ConsolePort(int id, ConsolePortOptions options, IDuplexPipe pipe, Virtqueue receive, Virtqueue transmit, IDeviceMemory memory, TimeProvider time)
    {
        Id = id;
        Name = Encoding.ASCII.GetBytes(options.Name!);
        IsConsole = options.Console;
        (_receive, _transmit) = (receive, transmit);
        _sending = new DescriptorChain(memory, transmit.MaximumSize);
        _peer = pipe as IStreamPeer;
        _output = new OutputPump(_gate, pipe.Output, OutputCapacity, time, HostHasRoom);
        _inputPump = new InputPump(_gate, pipe.Input, Deliver);
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Its name, in ASCII.</summary>
    public byte[] Name { get; }

    /// <summary>Whether it is a console, which never waits for the host: Linux spins until a console's output is taken.</summary>
    public bool IsConsole { get; }

    /// <summary>Whether there is anybody on the host's side.</summary>
    public bool IsConnected => _peer?.IsConnected ?? true;

    /// <summary>Size of the terminal on the host's side.</summary>
    public TerminalSize? Size => _peer?.Size;

    public long BytesToGuest => Volatile.Read(ref _toGuest);

    public long BytesFromGuest => Volatile.Read(ref _fromGuest);

    public long LostBytes => Volatile.Read(ref _lost) + _output.Lost;

    /// <summary>Says who hears that the host's end has changed.</summary>
    public void Watch(Action changed)
    {
        if (_peer is not null)
        {
            _peer.Changed = changed;
        }
    }

    /// <summary>The driver knows the port now.</summary>
    public void Ready()
    {
        _ready = true;
        Notify(PortNotices.Name | PortNotices.Open | (IsConsole ? PortNotices.Console : 0) | (Size is null ? 0 : PortNotices.Resize));
    }

    /// <summary>The host's end has changed.</summary>
    public void PeerChanged()
    {
        if (_ready)
        {
            Notify(PortNotices.Open | (Size is null ? 0 : PortNotices.Resize));
        }
    }

    /// <summary>Adds to what the driver has to be told.</summary>
    public void Notify(PortNotices notices) => Interlocked.Or(ref _notices, (int)notices);

    /// <summary>What the driver has to be told next.</summary>
    public PortNotices NextNotice
    {
        get
        {
            int notices = Volatile.Read(ref _notices);
            return (PortNotices)(notices & -notices); // the lowest bit
        }
    }

    /// <summary>The driver is being told.</summary>
    public void Told(PortNotices notice) => Interlocked.And(ref _notices, ~(int)notice);

    /// <summary>The driver opens or closes its end. A console gets its input all the same (as 5.3.6.1 has it without MULTIPORT).</summary>
    public void OpenGuest(bool open)
    {
        _guestOpen = open;
        _receive.Wake();
    }

    /// <summary>Forgets the driver.</summary>
    public void Reset()
    {
        _ready = false;
        _guestOpen = false;
        _isSending = false;
        _sent = 0;
        Volatile.Write(ref _notices, 0);
    }

    /// <summary>Prints a character outside of any queue (5.3.5.1).</summary>
    public void EmergencyWrite(byte value)
    {
        lock (_gate)
        {
            _output.Write(value);
        }
    }

    /// <summary>Hands input over. On the queue's thread.</summary>
    public void ServeReceive()
    {
        while (HasInput() && _receive.TryPop(out DescriptorChain chain))
        {
            _receive.Complete(chain, Fill(chain));
        }
    }

    /// <summary>Takes output. On the queue's thread.</summary>
    public void ServeTransmit()
    {
        while (_isSending || _transmit.TryPop(_sending))
        {
            _isSending = !TrySend();
            if (_isSending)
            {
                return; // until the host has room
            }

            _sent = 0;
            _transmit.Complete(_sending, 0);
        }
    }

    /// <summary>Hands everything the guest has written to the host.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Watch(static () => { });
        await _inputPump.DisposeAsync().ConfigureAwait(false);
        await _output.DisposeAsync().ConfigureAwait(false);
    }

    private bool HasInput()
    {
        lock (_gate)
        {
            return _input.Count != 0 && (IsConsole || _guestOpen);
        }
    }

    private uint Fill(DescriptorChain chain)
    {
        uint filled = 0;
        lock (_gate)
        {
            while (filled < chain.WritableLength && _input.Count != 0)
            {
                ReadOnlySpan<byte> front = _input.Front;
                front = front[..(int)Math.Min((uint)front.Length, chain.WritableLength - filled)];
                if (!chain.TryWrite(filled, front))
                {
                    break; // the guest has taken the memory away: the input waits for better
                }

                filled += (uint)front.Length;
                _input.Advance(front.Length);
            }

            _inputPump.RoomMade();
        }

        _toGuest += filled;
        return filled;
    }

    private bool TrySend()
    {
        while (_sent < _sending.ReadableLength)
        {
            uint left = _sending.ReadableLength - _sent;
            if (!IsConnected)
            {
                _lost += left;
                return true;
            }

            Span<byte> part = _chunk.AsSpan(0, (int)Math.Min(left, ChunkSize));
            if (!_sending.TryRead(_sent, part))
            {
                return true; // the guest has taken the memory away
            }

            int taken = Write(part);
            _sent += (uint)taken;
            _fromGuest += taken;
            if (taken < part.Length && !IsConsole)
            {
                return false;
            }

            if (taken < part.Length)
            {
                _lost += _sending.ReadableLength - _sent;
                return true;
            }
        }

        return true;
    }

    private int Write(ReadOnlySpan<byte> part)
    {
        lock (_gate)
        {
            int taken = _output.TryWrite(part);
            _waitsForHost = taken < part.Length && !IsConsole;
            return taken;
        }
    }

    // Called by the pump with the gate held, as are the next two.
    private void HostHasRoom()
    {
        if (_waitsForHost)
        {
            _waitsForHost = false;
            _transmit.Wake();
        }
    }

    private int Deliver(ReadOnlySpan<byte> input)
    {
        int taken = _input.Write(input);
        _receive.Wake();
        return taken;
    }
}
