using System.ComponentModel;
using System.Diagnostics;

namespace Vmm.Grpc.Tests;

/// <summary>The stock client @grpc/grpc-js, installed among the build's outputs as its lock file says.</summary>
internal static class GrpcJs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a script with it.</summary>
    /// <returns>Its exit code and its output.</returns>
    internal static async Task<(int Code, string Output)> RunAsync(string script, params string[] arguments)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "grpc-js");
        await InstallAsync(folder);
        return await StartAsync(folder, "node", [script, .. arguments]);
    }

    private static async Task InstallAsync(string folder)
    {
        string stamp = Path.Combine(folder, "node_modules", ".installed");
        string wanted = await File.ReadAllTextAsync(Path.Combine(folder, "package-lock.json"));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
        {
            return;
        }

        try
        {
            (int code, string output) = await StartAsync(folder, "npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
            Assert.SkipWhen(code != 0, $"npm could not install @grpc/grpc-js: {output}");
        }
        catch (Win32Exception)
        {
            Assert.Skip("node and npm are not installed");
        }

        await File.WriteAllTextAsync(stamp, wanted);
    }

    private static async Task<(int Code, string Output)> StartAsync(string folder, string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource patience = new(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            string errors = await process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
