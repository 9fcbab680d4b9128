using System.CommandLine;
using System.Text;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm cp-policy</c>: copies a policy out of, or into, a running machine.</summary>
internal static class CopyPolicyCommand
{
    private const string Standard = "-";

    public static Command Create(TextWriter output)
    {
        ControlCommand command = new(
            "cp-policy",
            "Copy the CPUID and MSR policy of a running machine to a file, or a file to it",
            "vmm cp-policy web: policy.json",
            "vmm cp-policy policy.json web:",
            "vmm cp-policy web: -");
        Argument<string> from = new("FROM") { Description = "NAME: or a file; - is standard input" };
        Argument<string> to = new("TO") { Description = "NAME: or a file; - is standard output" };
        command.Add(from);
        command.Add(to);
        command.Does(async (parsed, client, interrupt) =>
        {
            switch (Machine(parsed.GetRequiredValue(from)), Machine(parsed.GetRequiredValue(to)))
            {
                case ({ } name, null):
                    PolicyState state = await client.Machines.GetPolicyAsync(new GetPolicyRequest { Name = name }, deadline: ControlCommand.Soon, cancellationToken: interrupt);
                    Write(parsed.GetRequiredValue(to), state.Policy, output);
                    return 0;
                case (null, { } name):
                    string policy = Read(parsed.GetRequiredValue(from));
                    await client.Machines.SetPolicyAsync(new SetPolicyRequest { Name = name, Policy = policy }, deadline: ControlCommand.Soon, cancellationToken: interrupt);
                    return 0;
                default:
                    throw new UserErrorException(ExitCode.Usage, "one of FROM and TO is a machine, written NAME:, and the other is a file");
            }
        });
        return command;
    }

    private static string? Machine(string argument) => argument.Length > 1 && argument.EndsWith(':') ? argument[..^1] : null;

    private static string Read(string file) =>
        file == Standard ? Console.In.ReadToEnd() : Encoding.UTF8.GetString(InputFile.ReadAll(file, "policy", ControlChannel.MaximumMessage / 2));

    private static void Write(string file, string policy, TextWriter output)
    {
        if (file == Standard)
        {
            output.WriteLine(policy);
            return;
        }

        using StreamWriter writer = new(OutputFile.Create(file, "policy"));
        writer.WriteLine(policy);
    }
}
