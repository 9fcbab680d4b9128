using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;

namespace Vmm.Benchmarks.Control;

/// <summary>A daemon in a folder of its own, and its client.</summary>
internal sealed class BenchmarkDaemon : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly string _kernel;
    private readonly int _memory;
    private readonly int _spares;
    private readonly Process _process;
    private readonly GrpcChannel _channel;
    private readonly Machines.MachinesClient _machines;

    private BenchmarkDaemon(string folder, string kernel, int memory, int spares, Process process)
    {
        _folder = folder;
        _kernel = kernel;
        _memory = memory;
        _spares = spares;
        _process = process;
        _channel = ControlChannel.ToSocket(Path.Combine(folder, "run", "daemon.sock"));
        _machines = new Machines.MachinesClient(_channel);
    }

    public int Pid => _process.Id;

    public static async Task<BenchmarkDaemon> StartAsync(string vmm, string folder, string kernel, int memory, int spares)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, $"d{spares}-{Guid.NewGuid().ToString("N")[..4]}")).FullName;
        ProcessStartInfo start = new(vmm, ["serve", "--state", Path.Combine(own, "state"), "--runtime", Path.Combine(own, "run"), "--spares", $"{spares}"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new BenchmarkException($"{vmm} cannot be started");
        string? line = await process.StandardError.ReadLineAsync();
        if (line?.Contains("serving at", StringComparison.Ordinal) != true)
        {
            throw new BenchmarkException($"{vmm} serve: {line}");
        }

        // The log of a daemon must go somewhere.
        _ = process.StandardError.ReadToEndAsync();
        return new BenchmarkDaemon(own, kernel, memory, spares, process);
    }

    public async Task SparesReadyAsync()
    {
        string wanted = $"vmm_spares_ready {_spares}\n";
        while (!(await _machines.MetricsAsync(new MetricsRequest())).Text.Contains(wanted, StringComparison.Ordinal))
        {
            await Task.Delay(10);
        }
    }

    /// <summary>Creates and starts a machine.</summary>
    /// <returns>Milliseconds from the call of Create until Start was answered, until the guest's first character was there, and until Create was answered.</returns>
    public async Task<(double Running, double Printed, double Create)> MeasureStartAsync(string name)
    {
        string console = Path.Combine(_folder, "state", "machines", name, "run", "console.log");
        Stopwatch clock = Stopwatch.StartNew();
        Task<double> printed = Task.Factory.StartNew(() => WaitForText(console, clock), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await _machines.CreateAsync(Definition(name));
        double created = clock.Elapsed.TotalMilliseconds;
        await _machines.StartAsync(new StartRequest { Name = name });
        double running = clock.Elapsed.TotalMilliseconds;
        return (running, await printed, created);
    }

    public async Task<int[]> StartManyAsync(int count)
    {
        Machine[] machines = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            await _machines.CreateAsync(Definition($"m{i}"));
            return await _machines.StartAsync(new StartRequest { Name = $"m{i}" });
        }));
        return machines.Any(machine => machine.State != State.Running) ? throw new BenchmarkException("not all machines run") : [.. machines.Select(machine => machine.Pid)];
    }

    public async Task RemoveAsync(string name) => await _machines.DeleteAsync(new DeleteRequest { Name = name, Force = true });

    public async ValueTask DisposeAsync()
    {
        foreach (Machine machine in (await _machines.ListAsync(new ListRequest { PageSize = 1000 })).Machines)
        {
            await RemoveAsync(machine.Name);
        }

        await new Vmm.Host.Control.Api.Host.HostClient(_channel).ShutdownAsync(new ShutdownRequest());
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
        _channel.Dispose();
    }

    // Not too often: there are hosts with two processors.
    private static double WaitForText(string file, Stopwatch clock)
    {
        while (!File.Exists(file) || new FileInfo(file).Length == 0)
        {
            if (clock.Elapsed > Patience)
            {
                throw new BenchmarkException($"{file}: the guest printed nothing");
            }

            Thread.Sleep(1);
        }

        return clock.Elapsed.TotalMilliseconds;
    }

    private CreateRequest Definition(string name) => new()
    {
        Name = name,
        Definition = new Definition { Folder = "/", Options = { ["kernel"] = _kernel, ["memory"] = $"{_memory}M" } },
    };
}
