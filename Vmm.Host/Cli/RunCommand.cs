using System.CommandLine;
using Vmm.Host.Configuration;
using Vmm.Host.Running;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Cli;

/// <summary><c>vmm run</c>: runs a machine in this process, its console on standard input and output.</summary>
internal static class RunCommand
{
    public static Command Create(IMachineRunner runner)
    {
        Argument<string?> file = new("CONFIG") { Arity = ArgumentArity.ZeroOrOne, Description = "Configuration file (JSON with comments); options override it" };
        file.Validators.Add(UsageErrors.RefuseOptions);

        // The names of these options are the keys of the configuration: one reader checks both.
        Option<string>[] settings =
        [
            Text("kernel", "FILE", "Kernel image: ELF or bzImage"),
            Text("initrd", "FILE", "Initial ramdisk"),
            Text("cmdline", "TEXT", "Kernel command line"),
            Text("memory", "SIZE", "RAM: MiB, or with a suffix, e.g. 512M, 1G"),
            Text("cpus", "N", "Number of vCPUs"),
            Text("name", "NAME", "Name of the machine"),
            Text("guest", "td|ordinary", "What the guest is"),
            Text("backend", "auto|emulated|tdx", "Who plays the TDX module"),
            Text("boot", "unpack|decompressor", "How a bzImage is started"),
            Text("ve", "architectural|fast", "How an emulated TD's trapped accesses are served"),
            Text("policy", "FILE", "CPUID and MSR policy"),
        ];
        Option<string[]> devices = new("--device")
        {
            HelpName = "TYPE[,name=NAME][,OPTION=VALUE]",
            Description = "Add a device; may be repeated",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string[]> plugins = new("--plugin")
        {
            HelpName = "PATH",
            Description = "Take device types from an assembly, or from the assemblies in a folder; may be repeated",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> trace = new("--trace") { Description = "Print one line for each TDCALL and TDVMCALL" };
        Option<bool> summary = new("--trace-summary") { Description = "Print a table of the calls at the end" };
        Option<string> traceFilter = Text("trace-filter", "LIST", $"Trace only these, or all but !these: {TraceFilter.Names}");
        Option<string> traceFile = Text("trace-file", "FILE", "Write the trace there instead of to standard error");
        Option<string> stats = Text("stats", "FILE", "Write counters as JSON at the end");

        Command command = new ExampleCommand(
            "run",
            "Run a machine; its console is standard input and output (Ctrl-A x ends it, Ctrl-A h helps)",
            "vmm run configs/hello-td.json",
            "vmm run --kernel vmlinuz --initrd initrd.img --memory 1G --cpus 2 --cmdline \"console=ttyS0\"",
            "vmm run configs/hello-td.json --trace-filter '!io' --trace-summary",
            "vmm run --guest ordinary --kernel vmlinuz --cmdline \"console=ttyS0\"",
            "vmm run configs/hello-td.json --device uart16550,name=com2,port=0x2f8,stream=none",
            "vmm run configs/hello-td.json --plugin Beeper/bin --device beeper");
        command.Add(file);
        Array.ForEach(settings, command.Add);
        command.Add(devices);
        command.Add(plugins);
        command.Add(trace);
        command.Add(summary);
        command.Add(traceFilter);
        command.Add(traceFile);
        command.Add(stats);
        command.SetAction(parsed =>
        {
            Dictionary<string, string> given = settings
                .Select(option => (option.Name, Value: parsed.GetValue(option)))
                .Where(option => option.Value is not null)
                .ToDictionary(option => option.Name.TrimStart('-'), option => option.Value!, StringComparer.Ordinal);
            TraceTopics topics = TraceFilter.Parse(parsed.GetValue(traceFilter));
            bool traceIsMeant = (parsed.GetValue(traceFile) ?? parsed.GetValue(traceFilter)) is not null && !parsed.GetValue(summary);
            return runner.Run(new RunRequest(ConfigLoader.Load(parsed.GetValue(file), given, parsed.GetValue(devices) ?? [], parsed.GetValue(plugins) ?? []))
            {
                Trace = parsed.GetValue(trace) || traceIsMeant,
                TraceSummary = parsed.GetValue(summary),
                TraceTopics = topics,
                TraceFile = parsed.GetValue(traceFile),
                StatsFile = parsed.GetValue(stats),
            });
        });
        return command;
    }

    private static Option<string> Text(string name, string valueName, string description) =>
        new($"--{name}") { HelpName = valueName, Description = description };
}
