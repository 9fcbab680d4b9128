namespace Vmm.Host.Plugins.Inspection;

/// <summary>A device type, for people.</summary>
/// <param name="Type">Type name in configurations.</param>
/// <param name="Summary">One line of description.</param>
/// <param name="Class">The class.</param>
/// <param name="Plugin">Where it comes from; null when it is built in.</param>
/// <param name="Options">What can be set.</param>
public sealed record DeviceDescription(string Type, string Summary, string Class, string? Plugin, IReadOnlyList<OptionDescription> Options)
{
    /// <summary>The ranges it answers with its default options.</summary>
    public IReadOnlyList<string> Ranges { get; init; } = [];

    /// <summary>The interrupt lines that it takes.</summary>
    public IReadOnlyList<int> Interrupts { get; init; } = [];

    /// <summary>How many interrupts of its own a PCI function has (MSI-X); 0 for none.</summary>
    public int Vectors { get; init; }

    /// <summary>The name of the record that its state is; null when it gives none.</summary>
    public string? State { get; init; }

    /// <summary>The byte streams that it opens.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];

    /// <summary>Why ranges, interrupts and streams are not known; null when they are.</summary>
    public string? Unknown { get; init; }
}
