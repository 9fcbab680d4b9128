using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Vmm.Core.Interop;

namespace Vmm.Core.Network;

/// <summary>A tap: an Ethernet interface of the host whose other end is here, with a queue for each port.</summary>
public sealed class TapInterface : INetworkBackend
{
    private const string Device = "/dev/net/tun";
    private const TapFlags BaseFlags = TapFlags.Tap | TapFlags.NoPacketInformation | TapFlags.PacketHeader;

    private const PacketOffloads Tcp = PacketOffloads.Checksum | PacketOffloads.Tcp4 | PacketOffloads.Tcp6 | PacketOffloads.TcpEcn;
    private const PacketOffloads Udp = PacketOffloads.Udp4 | PacketOffloads.Udp6;

    private readonly string _name;
    private readonly TapPort[] _ports;
    private int _inUse;

    private TapInterface(string name, TapPort[] ports)
    {
        _name = name;
        _ports = ports;
        _inUse = ports.Length; // a queue is in use once it is opened

        // Taps of older kernels know less: UDP segmentation came with Linux 6.2.
        Offloads = Array.Find([Tcp | Udp | PacketOffloads.UdpFragments, Tcp | PacketOffloads.UdpFragments, Tcp], TrySetOffloads);
        Mtu = MtuOf(name);
        TrySetOffloads(PacketOffloads.None);
        TryUse(1);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IPacketPort> Ports => _ports;

    /// <inheritdoc/>
    public PacketOffloads Offloads { get; }

    /// <inheritdoc/>
    public ushort Mtu { get; }

    /// <inheritdoc/>
    public bool IsUp => true;

    /// <inheritdoc/>
    public Action? LinkChanged { get; set; }

    /// <summary>Opens a tap that exists.</summary>
    /// <param name="name">Name of the interface.</param>
    /// <param name="queues">Number of ports, 1 or more.</param>
    /// <exception cref="IOException">There is none of that name, or it cannot be had.</exception>
    public static TapInterface Open(string name, int queues)
    {
        // The kernel would make a new one for root, whom nobody has connected to anything.
        if (Encoding.UTF8.GetByteCount(name) is 0 or >= InterfaceRequest.NameSize || Libc.InterfaceIndex(name) == 0)
        {
            throw new IOException($"there is no interface '{name}'; {HowToMake(name, queues)}");
        }

        List<TapPort> ports = [];
        try
        {
            while (ports.Count < queues)
            {
                ports.Add(OpenQueue(name, queues));
            }

            return new TapInterface(name, [.. ports]);
        }
        catch
        {
            ports.ForEach(port => port.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public bool TrySetOffloads(PacketOffloads offloads) => Libc.TryControl(_ports[0].Descriptor, TapRequest.SetOffload, (nint)offloads);

    /// <inheritdoc/>
    public bool TryUse(int ports)
    {
        bool done = true;
        while (done && _inUse < ports)
        {
            done = TrySetQueue(_inUse, TapFlags.AttachQueue);
            _inUse += done ? 1 : 0;
        }

        while (done && _inUse > ports)
        {
            done = TrySetQueue(_inUse - 1, TapFlags.DetachQueue);
            _inUse -= done ? 1 : 0;
        }

        return done;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_ports, port => port.Dispose());

    private static TapPort OpenQueue(string name, int queues)
    {
        int file = Libc.OpenNonBlocking(Device);
        if (file < 0)
        {
            throw new IOException(Marshal.GetLastPInvokeError() switch
            {
                Libc.ENOENT or Libc.ENODEV => $"there is no {Device}: modprobe tun",
                int error => $"{Device}: {Marshal.GetPInvokeErrorMessage(error)}",
            });
        }

        TapPort port = new(file);
        try
        {
            SetUp(file, name, queues);
            return port;
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }

    private static void SetUp(int file, string name, int queues)
    {
        // One queue is to be had of either kind of tap; the kernel wants to be told the right one.
        if (!TryAttach(file, name, queues == 1 ? BaseFlags : BaseFlags | TapFlags.MultiQueue)
            && (queues != 1 || Marshal.GetLastPInvokeError() != Libc.EINVAL || !TryAttach(file, name, BaseFlags | TapFlags.MultiQueue)))
        {
            throw new IOException(Marshal.GetLastPInvokeError() switch
            {
                Libc.EPERM => $"no permission for '{name}': it is another user's; {HowToMake(name, queues)}",
                Libc.EBUSY => $"'{name}' is in use",
                Libc.EINVAL when queues > 1 => $"'{name}' is no tap of several queues; {HowToMake(name, queues)}",
                Libc.EINVAL => $"'{name}' is no tap",
                Libc.E2BIG => $"'{name}' has fewer than {queues} queues to give",
                int error => $"'{name}': {Marshal.GetPInvokeErrorMessage(error)}",
            });
        }

        int size = PacketHeader.Size;
        if (!Libc.TryControl(file, TapRequest.SetHeaderSize, ref size))
        {
            throw new IOException($"'{name}': {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static bool TryAttach(int file, string name, TapFlags flags)
    {
        InterfaceRequest request = new(name) { Flags = flags };
        return Libc.TryControl(file, TapRequest.SetInterface, ref request);
    }

    private static string HowToMake(string name, int queues) =>
        $"ip tuntap add {name} mode tap{(queues > 1 ? " multi_queue" : "")} user $USER && ip link set {name} up";

    private static ushort MtuOf(string name)
    {
        using Socket any = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        InterfaceRequest request = new(name);
        return Libc.TryControl((int)any.Handle, TapRequest.GetMtu, ref request) ? (ushort)request.Mtu : (ushort)0;
    }

    private bool TrySetQueue(int port, TapFlags action)
    {
        InterfaceRequest request = new(_name) { Flags = action };
        return Libc.TryControl(_ports[port].Descriptor, TapRequest.SetQueue, ref request);
    }
}
