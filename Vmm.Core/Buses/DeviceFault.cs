namespace Vmm.Core.Buses;

/// <summary>An access that a device answered with an exception. The guest saw all-ones, or its write was lost.</summary>
/// <param name="Device">The device.</param>
/// <param name="Access">The access in words, e.g. <c>read of 1 bytes at port 0x3f8</c>.</param>
/// <param name="Exception">What the device threw.</param>
public readonly record struct DeviceFault(Device Device, string Access, Exception Exception);
