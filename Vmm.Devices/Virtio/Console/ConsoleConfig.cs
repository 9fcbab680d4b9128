using System.Runtime.InteropServices;
using Vmm.Core.Buses;

namespace Vmm.Devices.Virtio.Console;

/// <summary>Configuration of a console (virtio 1.2, 5.3.4).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ConsoleConfig
{
    public TerminalSize Size;
    public uint MaximumPorts;
    public uint EmergencyWrite;
}
