namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>How this very program is started another time.</summary>
/// <param name="Path">The executable.</param>
/// <param name="Prefix">Arguments before its own.</param>
internal sealed record VmmProgram(string Path, IReadOnlyList<string> Prefix)
{
    private const string Runtime = "dotnet";

    /// <summary>As it was started itself: its own executable, or the runtime's with the assembly.</summary>
    public static VmmProgram Current => Environment.ProcessPath is { } path && System.IO.Path.GetFileName(path) != Runtime
        ? new VmmProgram(path, [])
        : new VmmProgram(Environment.ProcessPath ?? Runtime, [typeof(VmmProgram).Assembly.Location]);
}
