using System.Reflection;
using Vmm.Host.Plugins.Loading;

namespace Vmm.Host.Plugins;

/// <summary>A class that can be put into a machine as a device.</summary>
/// <param name="Type">Type name in configurations.</param>
/// <param name="Summary">One line of description.</param>
/// <param name="Class">The class.</param>
/// <param name="Constructor">Its only public constructor.</param>
/// <param name="Options">The type of its options, or null when it has none.</param>
public sealed record DeviceModel(string Type, string Summary, Type Class, ConstructorInfo Constructor, Type? Options)
{
    /// <summary>Where it comes from; null for what is built in.</summary>
    public Plugin? Plugin { get; init; }

    /// <summary>The start of a message about it: nothing, or the plugin.</summary>
    public string MessagePrefix => Plugin is null ? "" : $"{Plugin}: ";
}
