using System.Reflection;

namespace Vmm.Host.Plugins;

/// <summary>A class that can be put into a machine as a device.</summary>
/// <param name="Type">Type name in configurations.</param>
/// <param name="Summary">One line of description.</param>
/// <param name="Class">The class.</param>
/// <param name="Constructor">Its only public constructor.</param>
/// <param name="Options">The type of its options, or null when it has none.</param>
public sealed record DeviceModel(string Type, string Summary, Type Class, ConstructorInfo Constructor, Type? Options);
