using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Tells systemd how the daemon does: sd_notify(3), a datagram to the socket that NOTIFY_SOCKET names. Without one nobody is told.</summary>
internal sealed class ServiceManager : IDisposable
{
    private readonly string? _socket;
    private readonly ITimer? _watchdog;

    /// <summary>Reads the environment, and begins to feed the watchdog if there is one.</summary>
    /// <param name="environment">Gives variables.</param>
    /// <param name="isWell">Whether the daemon does its work; called at half of the watchdog's time.</param>
    /// <param name="clock">Tells when.</param>
    public ServiceManager(Func<string, string?> environment, Func<bool> isWell, TimeProvider clock)
    {
        _socket = environment("NOTIFY_SOCKET");
        bool isMeant = environment("WATCHDOG_PID") is not { } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (_socket is not null && isMeant && long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0)
        {
            TimeSpan half = TimeSpan.FromMicroseconds(microseconds) / 2;
            _watchdog = clock.CreateTimer(_ => Feed(isWell), state: null, half, half);
        }
    }

    /// <summary>The daemon serves.</summary>
    public void Ready(string status) => Tell($"READY=1\nSTATUS={status}");

    /// <summary>The daemon ends.</summary>
    public void Stopping() => Tell("STOPPING=1");

    public void Dispose() => _watchdog?.Dispose();

    private void Feed(Func<bool> isWell)
    {
        if (isWell())
        {
            Tell("WATCHDOG=1");
        }
    }

    private void Tell(string state)
    {
        if (_socket is not { Length: > 1 })
        {
            return;
        }

        try
        {
            // "@" begins a name in the abstract name space.
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(_socket[0] == '@' ? "\0" + _socket[1..] : _socket));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // Whoever does not listen does not want to know.
        }
    }
}
