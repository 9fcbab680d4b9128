using System.CommandLine;
using Vmm.Core.Kvm.Recording;
using Vmm.Host.Configuration;
using Vmm.Host.Control.Spares;
using Vmm.Host.Running;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Cli;

/// <summary><c>vmm run</c>: runs a machine in this process, its console on standard input and output.</summary>
internal static class RunCommand
{
    /// <summary>How it is called.</summary>
    public const string Name = "run";

    public static Command Create(IMachineRunner runner, TextWriter output)
    {
        Option<bool> trace = new("--trace") { Description = "Print one line for each TDCALL and TDVMCALL" };
        Option<bool> summary = new("--trace-summary") { Description = "Print a table of the calls at the end" };
        Option<string> traceFilter = Text("trace-filter", "LIST", $"Trace only these, or all but !these: {TraceFilter.Names}");
        Option<string> traceFile = Text("trace-file", "FILE", "Write the trace there instead of to standard error");
        Option<string> stats = Text("stats", "FILE", "Write counters as JSON at the end");
        Option<string> control = Text("control", "PATH", "Serve the control API on a unix socket there, for this user");

        // For daemons: where what is left of a run is kept, where relative paths in CONFIG start, and a process that waits for a machine.
        Option<string> runFolder = new("--run-folder") { Hidden = true };
        Option<string> configFolder = new("--config-folder") { Hidden = true };
        Option<bool> spare = new("--spare") { Hidden = true };

        Option<bool> dryRun = new("--dry-run") { Description = "Run nothing; print what a launch on TDX hardware asks of KVM. Needs neither TDX nor KVM" };
        Option<string> format = OutputFormat.Option();

        Command command = new ExampleCommand(
            Name,
            "Run a machine; its console is standard input and output (Ctrl-A x ends it, Ctrl-A h helps)",
            "vmm run configs/hello-td.json",
            "vmm run --kernel vmlinuz --initrd initrd.img --memory 1G --cpus 2 --cmdline \"console=ttyS0\"",
            "vmm run configs/hello-td.json --dry-run",
            "vmm run configs/hello-td.json --trace-filter '!io' --trace-summary",
            "vmm run configs/hello-td.json --control /tmp/hello.sock",
            "vmm run --guest ordinary --kernel vmlinuz --cmdline \"console=ttyS0\"",
            "vmm run configs/hello-td.json --device uart16550,name=com2,port=0x2f8,stream=none",
            "vmm run configs/hello-td.json --plugin Beeper/bin --device beeper");
        MachineOptions machine = new(command);
        command.Add(trace);
        command.Add(summary);
        command.Add(traceFilter);
        command.Add(traceFile);
        command.Add(stats);
        command.Add(dryRun);
        command.Add(format);
        command.Validators.Add(result =>
        {
            if (result.GetResult(format) is { Implicit: false } && !result.GetValue(dryRun))
            {
                result.AddError("--output: the format is for --dry-run; add that, or leave this out");
            }
        });
        command.Add(control);
        command.Add(runFolder);
        command.Add(configFolder);
        command.Add(spare);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(spare))
            {
                return new SpareProcess(runner).Run();
            }

            TraceTopics topics = TraceFilter.Parse(parsed.GetValue(traceFilter));
            bool traceIsMeant = (parsed.GetValue(traceFile) ?? parsed.GetValue(traceFilter)) is not null && !parsed.GetValue(summary);
            MachineConfig config = machine.Load(parsed, parsed.GetValue(configFolder));
            if (parsed.GetValue(dryRun))
            {
                IReadOnlyList<KvmCall> calls = LaunchDryRun.RecordAsync(config).GetAwaiter().GetResult();
                output.WriteLine(parsed.IsJson(format) ? LaunchListing.Json(calls) : LaunchListing.Text(calls));
                return 0;
            }

            return runner.Run(new RunRequest(config)
            {
                Trace = parsed.GetValue(trace) || traceIsMeant,
                TraceSummary = parsed.GetValue(summary),
                TraceTopics = topics,
                TraceFile = parsed.GetValue(traceFile),
                StatsFile = parsed.GetValue(stats),
                ControlSocket = parsed.GetValue(control),
                RunFolder = parsed.GetValue(runFolder),
            });
        });
        return command;
    }

    private static Option<string> Text(string name, string valueName, string description) =>
        new($"--{name}") { HelpName = valueName, Description = description };
}
