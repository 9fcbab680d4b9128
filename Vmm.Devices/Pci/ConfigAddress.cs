namespace Vmm.Devices.Pci;

/// <summary>CONFIG_ADDRESS at port 0xCF8 (PCI Local Bus 3.0, 3.2.2.3.2).</summary>
internal readonly record struct ConfigAddress(uint Value)
{
    private const uint EnableBit = 1U << 31;
    private const uint ImplementedBits = EnableBit | 0x00FF_FFFC;
    private const int BusShift = 16;
    private const int FunctionShift = 8;

    /// <summary>What the register keeps of a write.</summary>
    public static ConfigAddress Write(uint value) => new(value & ImplementedBits);

    /// <summary>Whether accesses to the data port are configuration accesses.</summary>
    public bool Enabled => (Value & EnableBit) != 0;

    /// <summary>The bus.</summary>
    public int Bus => (byte)(Value >> BusShift);

    /// <summary>Device in bits 7:3, function in 2:0.</summary>
    public int DeviceFunction => (byte)(Value >> FunctionShift);

    /// <summary>First byte of the doubleword.</summary>
    public int Register => (byte)Value;
}
