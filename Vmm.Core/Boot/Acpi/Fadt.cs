using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Acpi;

/// <summary>Fixed ACPI description table behind its header, as of ACPI 6.5 (5.2.9): a hardware-reduced platform.</summary>
/// <remarks>Fields that such a platform ignores are zero; only runs of them that have no name here are lumped together.</remarks>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = TableSize - 36)]
internal struct Fadt
{
    private const int TableSize = 276;
    private const int Header = 36;
    private const byte Revision = 6;
    private const byte Minor = 5;

    // 5.2.9, "Preferred PM profile": 4 is an enterprise server.
    private const byte EnterpriseServer = 4;

    // 5.2.9.3, "IA-PC boot architecture flags".
    private const ushort VgaNotPresent = 1 << 2;
    private const ushort CmosRtcNotPresent = 1 << 5;

    // 5.2.9, "Fixed feature flags"; the button flags say that there are no fixed buttons.
    private const uint WriteBackInvalidateWorks = 1 << 0;
    private const uint NoFixedPowerButton = 1 << 4;
    private const uint NoFixedSleepButton = 1 << 5;
    private const uint ResetRegisterSupported = 1 << 10;
    private const uint HardwareReduced = 1 << 20;

    [FieldOffset(45 - Header)]
    public byte PreferredProfile;

    [FieldOffset(109 - Header)]
    public ushort BootArchitecture;

    [FieldOffset(112 - Header)]
    public uint Flags;

    [FieldOffset(116 - Header)]
    public GenericAddress ResetRegister;

    [FieldOffset(128 - Header)]
    public byte ResetValue;

    [FieldOffset(131 - Header)]
    public byte MinorVersion;

    [FieldOffset(140 - Header)]
    public ulong Dsdt;

    [FieldOffset(244 - Header)]
    public GenericAddress SleepControl;

    [FieldOffset(256 - Header)]
    public GenericAddress SleepStatus;

    internal static AcpiTable Create(ulong dsdt, AcpiPorts ports) => AcpiTable.Of("FACP", Revision, new Fadt
    {
        PreferredProfile = EnterpriseServer,
        BootArchitecture = VgaNotPresent | CmosRtcNotPresent,
        Flags = WriteBackInvalidateWorks | NoFixedPowerButton | NoFixedSleepButton | ResetRegisterSupported | HardwareReduced,
        ResetRegister = GenericAddress.Port(ports.Reset),
        ResetValue = AcpiPorts.ResetValue,
        MinorVersion = Minor,
        Dsdt = dsdt,
        SleepControl = GenericAddress.Port(ports.SleepControl),
        SleepStatus = GenericAddress.Port(ports.SleepStatus),
    });
}
