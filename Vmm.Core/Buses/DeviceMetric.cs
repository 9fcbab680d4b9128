namespace Vmm.Core.Buses;

/// <summary>One counter of a device.</summary>
/// <param name="Name">Its name, in camel case, e.g. <c>lostBytes</c>.</param>
/// <param name="Value">Its value; never falls.</param>
public readonly record struct DeviceMetric(string Name, long Value);
