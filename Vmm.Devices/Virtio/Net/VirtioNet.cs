using System.Runtime.InteropServices;
using Vmm.Core.Buses;
using Vmm.Core.Memory;
using Vmm.Core.Network;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Network card (virtio 1.2, 5.1) on a tap of the host, or on a stream socket to <c>passt</c>.</summary>
/// <remarks>
/// Each queue has a thread, which moves packets between the backend and guest memory. Whoever reads a packet's header decides what to believe of it: the kernel
/// of the host behind a tap, the driver in the guest; this device passes it on.
/// </remarks>
[Device("virtio-net", Summary = "virtio network card on a tap or on passt")]
public sealed class VirtioNet : VirtioDevice
{
    private const int QueuesPerPair = 2;

    private readonly INetworkBackend _backend;
    private readonly NetFeatures _features;
    private readonly PortQueueWait[] _waits;
    private readonly ReceiveQueue[] _receivers;
    private readonly TransmitQueue[] _transmitters;
    private readonly NetControl _control;
    private readonly MacAddress _mac;
    private NetConfig _config;
    private volatile int _pairs = 1;

    /// <summary>Opens the backend.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">The backend and the card's properties.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="time">Clock of attempts to reach a backend that has gone.</param>
    /// <exception cref="ArgumentException">The backend cannot be had, or an option cannot be.</exception>
    public VirtioNet(string name, VirtioNetOptions options, IDeviceMemory memory, TimeProvider time)
        : base(name, VirtioDeviceType.Network, memory, (QueuesPerPair * NetBackends.Checked(options).Queues) + 1, options.QueueSize)
    {
        _backend = NetBackends.Open(options, time);
        _mac = NetBackends.MacOf(name, options);
        _config = new NetConfig
        {
            Mac = _mac,
            Status = LinkStatus,
            MaximumPairs = options.Queues,
            Mtu = options.Mtu == 0 ? _backend.Mtu : options.Mtu,
        };
        _features = FeaturesOf(_backend, _config);
        _waits = [.. Queues.Select(queue => new PortQueueWait(PortOf(queue), queue.Doorbell))];
        _receivers = [.. _backend.Ports.Select((port, pair) => new ReceiveQueue(port, _waits[ReceiveIndex(pair)], memory, options.QueueSize))];
        _transmitters = [.. _backend.Ports.Select((port, pair) => new TransmitQueue(port, _waits[TransmitIndex(pair)], memory))];
        _control = new NetControl(this);
        _backend.LinkChanged = OnLinkChanged;
    }

    /// <inheritdoc/>
    public override IEnumerable<DeviceMetric> Metrics =>
    [
        .. base.Metrics,
        .. MetricsOf("received", _receivers.Select(receiver => receiver.Counters)),
        .. MetricsOf("sent", _transmitters.Select(transmitter => transmitter.Counters)),
    ];

    /// <inheritdoc/>
    protected override ulong DeviceFeatures => (ulong)_features;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> Config => MemoryMarshal.AsBytes(new ReadOnlySpan<NetConfig>(in _config));

    // 5.1.2: behind the pairs that the driver can use.
    private int ControlIndex => QueuesPerPair * (HasFeature(NetFeatures.MultiQueue) ? _config.MaximumPairs : 1);

    private NetLinkStatus LinkStatus => _backend.IsUp ? NetLinkStatus.LinkUp : NetLinkStatus.None;

    /// <inheritdoc/>
    protected internal override void ServeQueue(Virtqueue queue)
    {
        int pair = queue.Index / QueuesPerPair;
        bool served = queue.Index switch
        {
            var index when index == ControlIndex => TryServeControl(queue),
            var index when pair >= _receivers.Length => true,
            var index when index == ReceiveIndex(pair) => pair >= _pairs || _receivers[pair].TryServe(queue),
            _ => _transmitters[pair].TryServe(queue),
        };
        if (!served)
        {
            RequireReset();
        }
    }

    /// <inheritdoc/>
    internal override IQueueWait CreateWait(Virtqueue queue) => _waits[queue.Index];

    /// <summary>The driver wishes another address.</summary>
    internal bool TrySetMac(MacAddress address)
    {
        bool allowed = HasFeature(NetFeatures.ControlMac) && address.IsOfOne;
        if (allowed)
        {
            _config.Mac = address;
        }

        return allowed;
    }

    /// <summary>The driver says how many pairs of queues it uses.</summary>
    internal bool TrySetPairs(int pairs)
    {
        if (!HasFeature(NetFeatures.MultiQueue) || pairs < 1 || pairs > _config.MaximumPairs || !_backend.TryUse(pairs))
        {
            return false;
        }

        _pairs = pairs;
        WakeAll(); // those that are used from now on wait for their ports
        return true;
    }

    /// <summary>The driver says what it can take, of what it once said it could.</summary>
    internal bool TrySetGuestOffloads(NetFeatures offloads) =>
        HasFeature(NetFeatures.ControlGuestOffloads)
        && (offloads & ~NetOffloads.GuestFeatures(_backend.Offloads)) == 0
        && HasFeature(offloads)
        && _backend.TrySetOffloads(NetOffloads.Of(offloads));

    /// <inheritdoc/>
    protected override void OnStarted()
    {
        NetFeatures offloads = NetOffloads.GuestFeatures(_backend.Offloads);
        _backend.TrySetOffloads(NetOffloads.Of(offloads & (NetFeatures)AcceptedFeatures));
        Array.ForEach(_receivers, receiver => receiver.MayMerge = HasFeature(NetFeatures.MergeableBuffers));
    }

    /// <inheritdoc/>
    protected override void OnReset()
    {
        _config.Mac = _mac;
        _pairs = 1;
        _backend.TryUse(1);
        _backend.TrySetOffloads(PacketOffloads.None);
        Array.ForEach(_receivers, receiver => receiver.Reset());
        Array.ForEach(_transmitters, transmitter => transmitter.Reset());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _backend.Dispose();
    }

    private static int ReceiveIndex(int pair) => QueuesPerPair * pair;

    private static int TransmitIndex(int pair) => (QueuesPerPair * pair) + 1;

    private static NetFeatures FeaturesOf(INetworkBackend backend, NetConfig config)
    {
        NetFeatures offloads = NetOffloads.GuestFeatures(backend.Offloads) | NetOffloads.HostFeatures(backend.Offloads);
        return offloads | NetFeatures.Mac | NetFeatures.Status | NetFeatures.MergeableBuffers | NetFeatures.ControlQueue | NetFeatures.ControlMac
            | (backend.Offloads != PacketOffloads.None ? NetFeatures.ControlGuestOffloads : NetFeatures.None)
            | (config.MaximumPairs > 1 ? NetFeatures.MultiQueue : NetFeatures.None)
            | (config.Mtu != 0 ? NetFeatures.Mtu : NetFeatures.None);
    }

    private static IEnumerable<DeviceMetric> MetricsOf(string direction, IEnumerable<NetCounters> counters) =>
    [
        new DeviceMetric($"{direction}Packets", counters.Sum(counter => counter.Packets)),
        new DeviceMetric($"{direction}Bytes", counters.Sum(counter => counter.Bytes)),
        new DeviceMetric($"{direction}Drops", counters.Sum(counter => counter.Drops)),
    ];

    private bool HasFeature(NetFeatures features) => HasFeature((ulong)features);

    // The port of the queue's pair; the last queue can only be the control queue and waits for no port.
    private IPacketPort PortOf(Virtqueue queue) => _backend.Ports[Math.Min(queue.Index / QueuesPerPair, _backend.Ports.Count - 1)];

    private bool TryServeControl(Virtqueue queue)
    {
        while (queue.TryPop(out DescriptorChain chain))
        {
            if (!_control.TryServe(chain))
            {
                return false;
            }

            queue.Complete(chain, sizeof(NetControlStatus));
        }

        return true;
    }

    private void OnLinkChanged()
    {
        _config.Status = LinkStatus;
        ConfigChanged();
        WakeAll();
    }

    private void WakeAll()
    {
        foreach (Virtqueue queue in Queues)
        {
            queue.Wake();
        }
    }
}
