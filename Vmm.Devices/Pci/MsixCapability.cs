using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>The MSI-X capability (PCI Local Bus 3.0, 6.8.2): where the table and the pending bits lie, and the two bits that rule them all.</summary>
/// <param name="table">The table.</param>
/// <param name="bar">The BAR that both lie in.</param>
internal sealed class MsixCapability(MsixTable table, int bar)
    : PciCapability(PciCapabilityId.MsiX, BytesOf(ContentOf(table, bar)), BytesOf(Writable))
{
    private new static Registers Writable => new() { Control = MsixControl.Enable | MsixControl.FunctionMask };

    /// <inheritdoc/>
    public override void AfterWrite(ReadOnlySpan<byte> content, int first, int count) =>
        table.Control = MemoryMarshal.Read<Registers>(content).Control;

    private static Registers ContentOf(MsixTable table, int bar) => new()
    {
        Control = (MsixControl)(table.Count - 1),
        Table = (uint)bar,
        PendingBits = (uint)table.PendingBitsOffset | (uint)bar,
    };

    private static byte[] BytesOf(Registers registers)
    {
        byte[] bytes = new byte[Unsafe.SizeOf<Registers>()];
        MemoryMarshal.Write(bytes, registers);
        return bytes;
    }

    /// <summary>Offsets have the number of the BAR in their lowest three bits.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Registers
    {
        public MsixControl Control;
        public uint Table;
        public uint PendingBits;
    }
}
