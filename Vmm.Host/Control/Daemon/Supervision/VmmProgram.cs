namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>How this very program is started another time.</summary>
/// <param name="Path">The executable.</param>
/// <param name="Prefix">Arguments before its own.</param>
internal sealed record VmmProgram(string Path, IReadOnlyList<string> Prefix)
{
    /// <summary>The program that runs now: its executable or, where the runtime's was asked to run the assembly, the same again.</summary>
    public static VmmProgram Current
    {
        get
        {
            string assembly = typeof(VmmProgram).Assembly.Location;
            string own = System.IO.Path.ChangeExtension(assembly, extension: null);
            return Environment.ProcessPath is { } path && !System.IO.Path.GetFileName(path).Equals("dotnet", StringComparison.Ordinal) && path == own
                ? new VmmProgram(path, [])
                : File.Exists(own) ? new VmmProgram(own, []) : new VmmProgram(Environment.ProcessPath ?? "dotnet", [assembly]);
        }
    }
}
