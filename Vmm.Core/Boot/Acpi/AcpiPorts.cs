namespace Vmm.Core.Boot.Acpi;

/// <summary>
/// The system I/O ports of the power-management registers that a hardware-reduced ACPI platform has (ACPI 6.5, 4.8.3.6 and 4.8.3.7).
/// The FADT names them, and a device model answers them.
/// </summary>
/// <param name="SleepControl">Port of the sleep control register, one byte.</param>
/// <param name="SleepStatus">Port of the sleep status register, one byte.</param>
/// <param name="Reset">Port of the reset register, one byte.</param>
public sealed record AcpiPorts(ushort SleepControl = 0x600, ushort SleepStatus = 0x601, ushort Reset = 0x602)
{
    /// <summary>SLP_EN in the sleep control register: enter the state now.</summary>
    public const byte SleepEnable = 1 << 5;

    /// <summary>Where SLP_TYP lies in the sleep control register.</summary>
    public const int SleepTypeShift = 2;

    /// <summary>Width of SLP_TYP as a mask, before the shift.</summary>
    public const byte SleepTypeMask = 7;

    /// <summary>SLP_TYP of soft-off: what \_S5 says.</summary>
    public const byte SoftOff = 5;

    /// <summary>WAK_STS in the sleep status register; write 1 to clear.</summary>
    public const byte WakeStatus = 1 << 7;

    /// <summary>What the guest writes to the reset register.</summary>
    public const byte ResetValue = 1;

    /// <summary>Ports that no device of a PC uses.</summary>
    public static AcpiPorts Default { get; } = new();
}
