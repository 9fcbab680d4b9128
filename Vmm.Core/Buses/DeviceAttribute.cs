namespace Vmm.Core.Buses;

/// <summary>Declares a class as a device that a configuration can ask for by type name.</summary>
/// <param name="type">Type name in configurations, e.g. <c>uart16550</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DeviceAttribute(string type) : Attribute
{
    /// <summary>Type name in configurations.</summary>
    public string Type { get; } = type;

    /// <summary>One line for <c>vmm plugins list</c>.</summary>
    public string Summary { get; init; } = "";
}
