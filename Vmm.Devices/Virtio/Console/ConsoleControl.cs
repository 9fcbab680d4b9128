using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Console;

/// <summary>A control message (virtio 1.2, 5.3.6.2); what some have behind it follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ConsoleControl
{
    public uint Port;
    public ConsoleEvent Event;
    public ushort Value;
}
