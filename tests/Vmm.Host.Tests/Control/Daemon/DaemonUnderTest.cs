using System.Net.Sockets;
using System.Text;
using Grpc.Net.Client;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon;
using Vmm.Host.Control.Daemon.Listening;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>A whole daemon in this process, whose machines are processes of a shell script; and clients of it.</summary>
internal sealed class DaemonUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly List<GrpcChannel> _channels = [];
    private readonly StringBuilder _log = new();
    private Task<int> _daemon = Task.FromResult(0);

    public string StatePath { get; set; }

    public string RuntimePath => Path.Combine(_folder.Path, "run");

    public string Socket => Path.Combine(RuntimePath, "daemon.sock");

    public string TestFolder => _folder.Path;

    public DaemonUnderTest() => StatePath = Path.Combine(_folder.Path, "state");

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public Machines.MachinesClient Machines => new(Connect());

    public Vmm.Host.Control.Api.Host.HostClient Host => new(Connect());

    public static async Task<DaemonUnderTest> StartedAsync(Func<DaemonUnderTest, ServeOptions, ServeOptions>? configure = null)
    {
        DaemonUnderTest daemon = new();
        await daemon.StartAsync(configure);
        return daemon;
    }

    public async Task StartAsync(Func<DaemonUnderTest, ServeOptions, ServeOptions>? configure = null)
    {
        ServeOptions options = new() { StateFolder = StatePath, RuntimeFolder = RuntimePath, Addresses = [new ListenAddress(Socket, Address: null)] };
        _daemon = Task.Run(() => RunAsync(configure?.Invoke(this, options) ?? options));
        using CancellationTokenSource patience = new(Patience);
        while (!Log.Contains("serving at", StringComparison.Ordinal))
        {
            if (_daemon.IsCompleted)
            {
                await _daemon;
            }

            await Task.Delay(1, patience.Token);
        }
    }

    public Task<int> RunAsync(ServeOptions options) =>
        DaemonProcess.RunAsync(options, new VmmProgram("/bin/sh", [Path.Combine(AppContext.BaseDirectory, "stand-in.sh")]), TextWriter.Synchronized(new LogWriter(_log)));

    /// <summary>Ends the daemon; its machines go on.</summary>
    public async Task<int> StopAsync()
    {
        await Host.ShutdownAsync(new ShutdownRequest());
        int code = await _daemon.WaitAsync(Patience);
        lock (_log)
        {
            _log.Clear();
        }

        return code;
    }

    public GrpcChannel Connect()
    {
        SocketsHttpHandler handler = new() { ConnectCallback = async (_, cancellation) => new NetworkStream(await OpenAsync(cancellation), ownsSocket: true) };
        GrpcChannel channel = GrpcChannel.ForAddress("http://daemon", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _channels.Add(channel);
        return channel;
    }

    public async Task<Socket> OpenAsync(CancellationToken cancellation = default)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_daemon.IsCompleted)
        {
            foreach (Machine machine in (await Machines.ListAsync(new ListRequest())).Machines)
            {
                await Machines.KillAsync(new KillRequest { Name = machine.Name });
            }

            await StopAsync();
        }

        _channels.ForEach(channel => channel.Dispose());
        _folder.Dispose();
    }

    private sealed class LogWriter(StringBuilder log) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            lock (log)
            {
                log.AppendLine(value);
            }
        }
    }
}
