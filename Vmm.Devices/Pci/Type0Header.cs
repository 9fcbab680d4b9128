using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>Header of a function's configuration space (PCI Local Bus 3.0, figure 6-1). One states the values, another one the bits that the guest may write.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Type0Header
{
    public ushort VendorId;
    public ushort DeviceId;
    public PciCommand Command;
    public PciStatus Status;
    public byte Revision;
    public byte Interface;
    public byte SubClass;
    public byte BaseClass;
    public byte CacheLineSize;
    public byte LatencyTimer;
    public byte HeaderType;
    public byte SelfTest;
    public BarRegisters Bars;
    public uint CardbusInformation;
    public ushort SubsystemVendorId;
    public ushort SubsystemId;
    public uint ExpansionRom;
    public byte CapabilitiesPointer;
    public ReservedBytes Reserved;
    public byte InterruptLine;
    public byte InterruptPin;
    public byte MinimumGrant;
    public byte MaximumLatency;

    [InlineArray(PciBar.Count)]
    internal struct BarRegisters
    {
        private uint _first;
    }

    [InlineArray(7)]
    internal struct ReservedBytes
    {
        private byte _first;
    }
}
