namespace Vmm.Devices.Virtio.Console;

/// <summary>Features of a console (virtio 1.2, 5.3.3).</summary>
[Flags]
internal enum ConsoleFeatures : ulong
{
    None = 0,
    Size = 1 << 0,
    MultiplePorts = 1 << 1,
    EmergencyWrite = 1 << 2,
}
