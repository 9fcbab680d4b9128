namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>A buffer of a request, as a driver names it.</summary>
internal readonly record struct DriverBuffer(ulong Address, uint Length, bool Write = false);
