using System.CommandLine;
using Vmm.Core.Kvm;
using Vmm.Host.Doctor;

namespace Vmm.Host.Cli;

/// <summary><c>vmm doctor</c>: what this host can do.</summary>
internal static class DoctorCommand
{
    private const string Table = "table";
    private const string Json = "json";

    public static Command Create(TextWriter output)
    {
        Option<string> format = new("--output", "-o") { HelpName = $"{Table}|{Json}", Description = "How to print it", DefaultValueFactory = _ => Table };
        format.Validators.Add(option =>
        {
            if (option.Tokens is [var token] && token.Value is not (Table or Json))
            {
                option.AddError($"{option.IdentifierToken?.Value}: expected {Table} or {Json}, found \"{token.Value}\"");
            }
        });
        Command command = new ExampleCommand("doctor", "Say what this host can do, and what to do about what it cannot", "vmm doctor", "vmm doctor -o json") { format };
        command.SetAction(parsed =>
        {
            IReadOnlyList<HostCheck> checks = new HostDoctor(new HostFiles(), () => KvmSystem.Open()).Examine();
            output.WriteLine(parsed.GetValue(format) == Json ? DoctorReport.Json(checks) : DoctorReport.Table(checks));
            return (int)HostDoctor.Verdict(checks);
        });
        return command;
    }
}
