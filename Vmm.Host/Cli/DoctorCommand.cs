using System.CommandLine;
using Vmm.Core.Kvm;
using Vmm.Host.Doctor;

namespace Vmm.Host.Cli;

/// <summary><c>vmm doctor</c>: what this host can do.</summary>
internal static class DoctorCommand
{
    public static Command Create(TextWriter output)
    {
        Option<string> format = OutputFormat.Option();
        Command command = new ExampleCommand("doctor", "Say what this host can do, and what to do about what it cannot", "vmm doctor", "vmm doctor -o json") { format };
        command.SetAction(parsed =>
        {
            IReadOnlyList<HostCheck> checks = new HostDoctor(new HostFiles(), () => KvmSystem.Open()).Examine();
            output.WriteLine(parsed.IsJson(format) ? DoctorReport.Json(checks) : DoctorReport.Table(checks));
            return (int)HostDoctor.Verdict(checks);
        });
        return command;
    }
}
