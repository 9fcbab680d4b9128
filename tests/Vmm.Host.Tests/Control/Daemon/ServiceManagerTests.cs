using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Vmm.Core.Testing;
using Vmm.Host.Control.Daemon.Listening;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>sd_notify(3), against a socket of ours.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
    private readonly FakeTime _clock = new();
    private readonly Dictionary<string, string> _environment = [];

    public ServiceManagerTests()
    {
        string path = Path.Combine(_folder.Path, "notify");
        _systemd.Bind(new UnixDomainSocketEndPoint(path));
        _environment["NOTIFY_SOCKET"] = path;
    }

    public void Dispose()
    {
        _systemd.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Life_OfADaemon_IsTold()
    {
        using ServiceManager manager = Manager();

        manager.Ready("2 machines");
        manager.Stopping();

        Assert.Equal("READY=1\nSTATUS=2 machines", Receive());
        Assert.Equal("STOPPING=1", Receive());
    }

    [Fact]
    public void Watchdog_DaemonIsWell_IsFedTwiceInItsTime()
    {
        _environment["WATCHDOG_USEC"] = "10000000";
        _environment["WATCHDOG_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using ServiceManager manager = Manager();

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("WATCHDOG=1", Receive());
        Assert.Equal("WATCHDOG=1", Receive());
        Assert.Equal(0, _systemd.Available);
    }

    [Theory]
    [InlineData("10000000", "1", true)]
    [InlineData("0", null, true)]
    [InlineData("soon", null, true)]
    [InlineData("10000000", null, false)]
    public void Watchdog_OfAnotherOrNoneOrUnwell_IsNotFed(string time, string? pid, bool isWell)
    {
        _environment["WATCHDOG_USEC"] = time;
        if (pid is not null)
        {
            _environment["WATCHDOG_PID"] = pid;
        }

        using ServiceManager manager = Manager(isWell);

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _systemd.Available);
    }

    [Fact]
    public void Socket_InTheAbstractNameSpace_IsFound()
    {
        string name = $"vmm-test-{Guid.NewGuid():N}";
        using Socket systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        systemd.Bind(new UnixDomainSocketEndPoint($"\0{name}"));
        _environment["NOTIFY_SOCKET"] = $"@{name}";
        using ServiceManager manager = Manager();

        manager.Stopping();

        Assert.Equal("STOPPING=1", Receive(systemd));
    }

    [Fact]
    public void Socket_NobodyListensOrNone_IsNoError()
    {
        _systemd.Dispose();
        using (ServiceManager deaf = Manager())
        {
            deaf.Ready("");
        }

        _environment.Remove("NOTIFY_SOCKET");
        using ServiceManager none = Manager();
        none.Ready("");
    }

    private static string Receive(Socket socket)
    {
        byte[] buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    private string Receive() => Receive(_systemd);

    private ServiceManager Manager(bool isWell = true) => new(_environment.GetValueOrDefault, () => isWell, _clock);
}
