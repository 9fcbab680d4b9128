using System.Numerics;
using System.Text;
using Vmm.Core.Network;

namespace Vmm.Devices.Virtio.Net;

/// <summary>From options to a backend.</summary>
internal static class NetBackends
{
    private const string MachineIdFile = "/etc/machine-id";
    private const int MinimumQueueSize = 16;
    private const int MaximumQueueSize = 1024;
    private const int MaximumPairs = 16;
    private const int MinimumMtu = 68; // 5.1.4.1

    /// <summary>Checks options.</summary>
    /// <returns>The same.</returns>
    /// <exception cref="ArgumentException">One cannot be.</exception>
    public static VirtioNetOptions Checked(VirtioNetOptions options)
    {
        string? mistake = options switch
        {
            { Tap: "", Socket: null } => "option tap or socket is missing: the name of a tap, or the socket of passt",
            { Tap: not "", Socket: not null } => "of the options tap and socket there can be one",
            { Queues: < 1 or > MaximumPairs } => $"queues: {options.Queues} is not from 1 to {MaximumPairs}",
            { Queues: > 1, Socket: not null } => $"queues: a socket has 1, not {options.Queues}",
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
            return options.Socket is { } socket ? new StreamBackend(socket.FullName, time) : TapInterface.Open(options.Tap, options.Queues);
        }
        catch (IOException exception)
        {
            throw new ArgumentException($"{(options.Socket is null ? "tap" : "socket")}: {exception.Message}", nameof(options), exception);
        }
    }

    /// <summary>The card's address. Taps on one bridge, also of several hosts, must not share theirs; a machine that is started again should keep its own.</summary>
    public static MacAddress MacOf(VirtioNetOptions options) =>
        MacAddress.TryParse(options.Mac, out MacAddress mac) ? mac : MacAddress.Of($"{MachineId()} {options.Socket?.FullName ?? options.Tap}");

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
