namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>A process to start.</summary>
/// <param name="Program">Path of the executable.</param>
/// <param name="Arguments">What follows the name of the program.</param>
/// <param name="Folder">Its current folder.</param>
/// <param name="Environment">Variables besides, or instead of, those of this process.</param>
/// <param name="Output">File that standard output and standard error are appended to.</param>
internal sealed record ProcessStart(
    string Program, IReadOnlyList<string> Arguments, string Folder, IReadOnlyDictionary<string, string> Environment, string Output)
{
    /// <summary>Descriptor that becomes standard input; null for none to read from.</summary>
    public int? Input { get; init; }
}
