using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Vmm.Core.Buses;
using Vmm.Core.Memory;
using Vmm.Core.Sockets;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>Socket device (virtio 1.2, 5.10): stream sockets between programs in the guest and unix sockets of the host.</summary>
[Device("virtio-vsock", Summary = "virtio sockets between guest and host")]
public sealed class VirtioVsock : VirtioDevice
{
    /// <summary>The first context id that a guest can have: those below are hypervisors' and hosts' (5.10.4).</summary>
    public const long FirstGuestCid = 3;

    /// <summary>The last one; the next one means any.</summary>
    public const long LastGuestCid = uint.MaxValue - 1;

    private const int ReceiveQueue = 0;
    private const int TransmitQueue = 1;
    private const int QueueCount = 3; // the third is for events
    private const ulong StreamFeature = 1 << 0; // 5.10.3
    private const int MostConnections = 16384;
    private const int SmallestBuffer = 4096;
    private const int LargestBuffer = 1 << 22;

    private readonly VsockMuxer _muxer;
    private readonly ulong _cid;
    private DescriptorChain? _offered;
    private volatile bool _wasInterrupted;

    /// <summary>Begins to listen on the host.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">Context id and socket.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="time">Clock of second attempts to connect.</param>
    /// <exception cref="ArgumentException">An option cannot be, or the socket not be created.</exception>
    public VirtioVsock(string name, VirtioVsockOptions options, IDeviceMemory memory, TimeProvider time)
        : base(name, VirtioDeviceType.Socket, memory, QueueCount)
    {
        Check(options);
        _cid = options.Cid;
        VsockTransfer transfer = new(memory, DefaultQueueSize);
        try
        {
            _muxer = new VsockMuxer(name, options, transfer, time, Queues[ReceiveQueue].Wake, Queues[TransmitQueue].Wake);
        }
        catch (IOException exception)
        {
            throw new ArgumentException($"socket: {exception.Message}", nameof(options), exception);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<DeviceMetric> Metrics => [.. base.Metrics, .. _muxer.Metrics];

    /// <inheritdoc/>
    protected override ulong DeviceFeatures => StreamFeature;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> Config => MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in _cid));

    /// <inheritdoc/>
    protected internal override void ServeQueue(Virtqueue queue)
    {
        switch (queue.Index)
        {
            case ReceiveQueue:
                SendPackets(queue);
                break;
            case TransmitQueue:
                ReceivePackets(queue);
                break;
            default:
                SendEvents(queue);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnStarted() => _muxer.Start();

    /// <inheritdoc/>
    protected override void OnReset()
    {
        _offered = null;
        _wasInterrupted |= _muxer.Reset();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _muxer.Dispose();
    }

    private static void Check(VirtioVsockOptions options)
    {
        string? mistake = options switch
        {
            { Cid: < (uint)FirstGuestCid or > (uint)LastGuestCid } => $"cid: {options.Cid} is not from {FirstGuestCid} to {LastGuestCid}",
            { Socket: null } => "option socket is missing: it names the unix socket that leads into the guest",
            { Connections: < 1 or > MostConnections } => $"connections: {options.Connections} is not from 1 to {MostConnections}",
            _ when Encoding.UTF8.GetByteCount(options.Socket.FullName) > UnixListener.LongestPath - VsockHost.SuffixLength =>
                $"socket: '{options.Socket.FullName}' is longer than {UnixListener.LongestPath - VsockHost.SuffixLength} bytes",
            _ when options.BufferSize is < SmallestBuffer or > LargestBuffer || !BitOperations.IsPow2(options.BufferSize) =>
                $"bufferSize: {options.BufferSize} is no power of two from {SmallestBuffer} to {LargestBuffer}",
            _ => null,
        };
        if (mistake is not null)
        {
            throw new ArgumentException(mistake, nameof(options));
        }
    }

    private void ReceivePackets(Virtqueue queue)
    {
        while (_muxer.MayTake && queue.TryPop(out DescriptorChain chain))
        {
            _muxer.Take(chain);
            queue.Push(chain, 0); // the driver does not wait for them one by one
        }
    }

    // Whether there is a packet is only known when its data is received, into a buffer: one that was taken for nothing is kept for the next.
    private void SendPackets(Virtqueue queue)
    {
        while (_muxer.HasPackets && TryOffer(queue) is { } chain)
        {
            uint written = chain.WritableLength > VsockHeader.Size ? _muxer.Make(chain) : 0;
            if (written == 0 && chain.WritableLength > VsockHeader.Size)
            {
                return;
            }

            _offered = null;
            queue.Complete(chain, written); // empty, if nothing fits into it
        }
    }

    private DescriptorChain? TryOffer(Virtqueue queue)
    {
        if (_offered is null && queue.TryPop(out DescriptorChain chain))
        {
            _offered = chain;
        }

        return _offered;
    }

    // 5.10.6.7: only a driver that had connections before the reset has something to hear.
    private void SendEvents(Virtqueue queue)
    {
        const uint TransportReset = 0;
        while (_wasInterrupted && queue.TryPop(out DescriptorChain chain))
        {
            _wasInterrupted = false;
            queue.Complete(chain, chain.TryWrite(0, BitConverter.GetBytes(TransportReset)) ? sizeof(uint) : 0u);
        }
    }
}
