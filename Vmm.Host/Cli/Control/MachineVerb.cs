using System.CommandLine;
using Grpc.Core;
using Vmm.Host.Control.Client;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary>Something done with each of several machines. One that fails does not keep the others from it.</summary>
internal static class MachineVerb
{
    /// <summary>Has a command take names, and do something with each of them; it prints those it was done with.</summary>
    public static void Each(
        ControlCommand command, TextWriter output, TextWriter errors, Func<ParseResult, ControlClient, string, CancellationToken, Task> action)
    {
        Argument<string[]> names = MachineArguments.Several(command);
        command.Does(async (parsed, client, interrupt) =>
        {
            ErrorReport report = new(errors);
            int code = 0;
            foreach (string name in parsed.GetRequiredValue(names))
            {
                int failed = await TryAsync(
                    client,
                    report,
                    async () =>
                    {
                        await action(parsed, client, name, interrupt);
                        output.WriteLine(name);
                    },
                    interrupt);
                code = code == 0 ? failed : code;
            }

            return code;
        });
    }

    /// <summary>Does one of several things.</summary>
    /// <returns>0, or the exit code of its failure, which has been told.</returns>
    /// <exception cref="RpcException">It is in vain to try the others.</exception>
    public static async Task<int> TryAsync(ControlClient client, ErrorReport report, Func<Task> action, CancellationToken interrupt)
    {
        try
        {
            await action();
            return 0;
        }
        catch (RpcException failure) when (!interrupt.IsCancellationRequested && failure.StatusCode is not (StatusCode.Unavailable or StatusCode.Unauthenticated))
        {
            UserErrorException explained = ClientErrors.Explain(failure, client.Address);
            return report.Write(explained.Code, explained.Lines);
        }
    }
}
