using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Vmm.Guests;
using Vmm.Host.Control.Api;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Control.Serving;

/// <summary>A machine in a process of its own, under control: the port monitor, unless a test brings another guest.</summary>
internal sealed class ControlledVmm : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private readonly GrpcChannel _channel;

    private ControlledVmm(byte[] guest, string? runFolder, IReadOnlyDictionary<string, string> environment, string[] options)
    {
        string kernel = Path.Combine(_folder.Path, "guest.elf");
        File.WriteAllBytes(kernel, ElfImage.Create(guest));
        string[] arguments = ["run", "--kernel", kernel, "--memory", "16M", "--name", "monitor", "--control", Socket, .. runFolder is null ? [] : new[] { "--run-folder", runFolder }, .. options];
        Process = Start(_folder.Path, environment, arguments);
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { ConnectCallback = async (_, cancellation) => await ConnectAsync(cancellation) },
            DisposeHttpClient = true,
        });
        Machines = new Machines.MachinesClient(_channel);
        Health = new Host.Control.Api.Health.Health.HealthClient(_channel);
        Host = new Host.Control.Api.Host.HostClient(_channel);
    }

    internal Process Process { get; }

    internal string Socket => Path.Combine(_folder.Path, "s");

    internal Machines.MachinesClient Machines { get; }

    internal Host.Control.Api.Host.HostClient Host { get; }

    internal Host.Control.Api.Health.Health.HealthClient Health { get; }

    /// <summary>Starts one and waits until it listens.</summary>
    internal static async Task<ControlledVmm> StartAsync(params string[] options) => await StartAsync(PortMonitor.Assemble(), runFolder: null, environment: null, options);

    internal static async Task<ControlledVmm> StartAsync(byte[] guest, string? runFolder, IReadOnlyDictionary<string, string>? environment, params string[] options)
    {
        ControlledVmm vmm = new(guest, runFolder, environment ?? new Dictionary<string, string>(StringComparer.Ordinal), options);
        await Eventually.BecomesTrueAsync(() => File.Exists(vmm.Socket) || vmm.Process.HasExited);
        return vmm;
    }

    /// <summary>Starts vmm with its output in pipes that nobody has to read.</summary>
    internal static Process Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "vmm.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Opens a console.</summary>
    internal async Task<TestConsole> ConsoleAsync(uint scrollBack = 0)
    {
        AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> call = Machines.Console(deadline: DateTime.UtcNow + Patience);
        await call.RequestStream.WriteAsync(new ConsoleInput { Name = "monitor", ScrollBack = scrollBack });
        await call.ResponseHeadersAsync;
        return new TestConsole(call);
    }

    internal async Task<int> ExitCodeAsync()
    {
        using CancellationTokenSource timeout = new(Patience);
        await Process.WaitForExitAsync(timeout.Token);
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        if (!Process.HasExited)
        {
            Process.Kill();
            await Process.WaitForExitAsync();
        }

        Process.Dispose();
        _folder.Dispose();
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
