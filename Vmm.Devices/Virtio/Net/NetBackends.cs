using System.Numerics;
using System.Text;
using Vmm.Core.Network;

namespace Vmm.Devices.Virtio.Net;

/// <summary>From options to a backend.</summary>
internal static class NetBackends
{
    private const string MachineIdFile = "/etc/machine-id";
    private const int MinimumQueueSize = 16;
    private const int MaximumQueueSize = 512; // buffers of two queues go into one system call
    private const int MaximumPairs = 16;
    private const int MinimumMtu = 68; // 5.1.4.1

    /// <summary>Checks options.</summary>
    /// <returns>The same.</returns>
    /// <exception cref="ArgumentException">One cannot be.</exception>
    public static VirtioNetOptions Checked(VirtioNetOptions options)
    {
        string? mistake = options switch
        {
            _ when CountOf(options) == 0 => "one of the options tap, passt and socket is needed: the name of a tap, true, or the socket of a running passt",
            _ when CountOf(options) > 1 => "of the options tap, passt and socket there can be one",
            { Passt: false } and ({ TcpPorts: not "" } or { UdpPorts: not "" }) => "tcpPorts and udpPorts: they need passt=true",
            { Queues: < 1 or > MaximumPairs } => $"queues: {options.Queues} is not from 1 to {MaximumPairs}",
            { Queues: > 1, Tap: "" } => $"queues: passt and sockets have 1, not {options.Queues}",
            { Mtu: not 0 and < MinimumMtu } => $"mtu: {options.Mtu} is less than {MinimumMtu}",
            _ when options.QueueSize is < MinimumQueueSize or > MaximumQueueSize || !BitOperations.IsPow2(options.QueueSize) =>
                $"queueSize: {options.QueueSize} is no power of two from {MinimumQueueSize} to {MaximumQueueSize}",
            _ when options.Mac.Length != 0 && !(MacAddress.TryParse(options.Mac, out MacAddress mac) && mac.IsOfOne) =>
                $"mac: '{options.Mac}' is no address of a card, like 52:54:00:12:34:56",
            _ => null,
        };
        return mistake is null ? options : throw new ArgumentException(mistake, nameof(options));
    }

    /// <summary>Opens what options name.</summary>
    /// <exception cref="ArgumentException">It cannot be had.</exception>
    public static INetworkBackend Open(VirtioNetOptions options, TimeProvider time)
    {
        try
        {
            return options switch
            {
                { Passt: true } => StreamBackend.Start(new Passt(options.TcpPorts, options.UdpPorts), time),
                { Socket: { } socket } => StreamBackend.Connect(socket.FullName, time),
                _ => TapInterface.Open(options.Tap, options.Queues),
            };
        }
        catch (IOException exception)
        {
            string option = options.Passt ? "passt" : options.Socket is null ? "tap" : "socket";
            throw new ArgumentException($"{option}: {exception.Message}", nameof(options), exception);
        }
    }

    /// <summary>The card's address. Taps on one bridge, also of several hosts, must not share theirs; a machine that is started again should keep its own.</summary>
    public static MacAddress MacOf(string name, VirtioNetOptions options) =>
        MacAddress.TryParse(options.Mac, out MacAddress mac) ? mac : MacAddress.Of($"{MachineId()} {options.Socket?.FullName ?? (options.Passt ? name : options.Tap)}");

    private static int CountOf(VirtioNetOptions options) => (options.Tap.Length != 0 ? 1 : 0) + (options.Passt ? 1 : 0) + (options.Socket is not null ? 1 : 0);

    private static string MachineId()
    {
        try
        {
            return File.ReadAllText(MachineIdFile, Encoding.ASCII).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }
}
