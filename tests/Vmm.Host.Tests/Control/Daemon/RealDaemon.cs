using System.Diagnostics;
using System.Globalization;
using Grpc.Net.Client;
using Vmm.Core.Testing;
using Vmm.Guests;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>The daemon as a process, that can be killed; its machines are TDs.</summary>
internal sealed class RealDaemon : IAsyncDisposable
{
    /// <summary>Kernel of a TD that halts.</summary>
    public const string Idle = "idle";

    /// <summary>Kernel of a TD that does what it is told on its console.</summary>
    public const string Monitor = "monitor";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private readonly List<GrpcChannel> _channels = [];
    private readonly string _state;
    private Process? _process;

    /// <summary>Makes one that has not started.</summary>
    /// <param name="state">Its state folder, if that is to be somewhere special.</param>
    public RealDaemon(string? state = null)
    {
        _state = state ?? Path.Combine(_folder.Path, "state");
        File.WriteAllBytes(Path.Combine(_folder.Path, Idle), ElfImage.Create(IdleTd.Assemble()));
        File.WriteAllBytes(Path.Combine(_folder.Path, Monitor), ElfImage.Create(PortMonitor.Assemble()));
    }

    public string Socket => Path.Combine(_folder.Path, "run", "daemon.sock");

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    public Machines.MachinesClient Machines
    {
        get
        {
            GrpcChannel channel = ControlChannel.ToSocket(Socket);
            _channels.Add(channel);
            return new Machines.MachinesClient(channel);
        }
    }

    private string LogFile => Path.Combine(_folder.Path, "log");

    public async Task StartAsync(params string[] options)
    {
        string log = Log;
        string command = $"exec dotnet {AppContext.BaseDirectory}/vmm.dll serve --state {_state} --runtime {_folder.Path}/run {string.Join(' ', options)} 2>> {LogFile}";
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { UseShellExecute = false })!;
        await Eventually.True(() => Log.Length > log.Length && Log[log.Length..].Contains("serving at", StringComparison.Ordinal));
    }

    /// <summary>Starts another one on the same folders, and waits for its end.</summary>
    public (int Code, string Errors) RunAnother()
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "vmm.dll"), "serve", "--state", _state, "--runtime", $"{_folder.Path}/run"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(Patience));
        return (process.ExitCode, errors);
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends SIGTERM.</summary>
    /// <returns>The exit code.</returns>
    public int Terminate()
    {
        using Process kill = Process.Start("kill", ["-15", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        Assert.True(_process.WaitForExit(Patience));
        return _process.ExitCode;
    }

    public CreateRequest Definition(string name, string kernel = Idle, RestartPolicy.Types.Mode restart = default) => new()
    {
        Name = name,
        Definition = new Definition { Folder = _folder.Path, Options = { ["kernel"] = kernel, ["memory"] = "16M" } },
        Restart = new RestartPolicy { Mode = restart },
    };

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            foreach (Machine machine in (await Machines.ListAsync(new ListRequest())).Machines)
            {
                await Machines.KillAsync(new KillRequest { Name = machine.Name });
            }

            Kill();
        }

        _channels.ForEach(channel => channel.Dispose());
        _process?.Dispose();
        _folder.Dispose();
    }
}
