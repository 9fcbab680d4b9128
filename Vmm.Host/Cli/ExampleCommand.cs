using System.CommandLine;

namespace Vmm.Host.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
