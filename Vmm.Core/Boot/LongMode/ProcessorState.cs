namespace Vmm.Core.Boot.LongMode;

/// <summary>
/// The registers a processor starts with: 64-bit mode, the first 4 GiB identity-mapped, interrupts off (Documentation/arch/x86/boot.rst,
/// "64-bit Boot Protocol"; ACPI 6.5, 5.2.12.19 for the others). Registers not named are zero; the IDT is empty.
/// </summary>
public sealed record ProcessorState
{
    private const ulong Cr0ProtectedMode = 1 << 0;
    private const ulong Cr0MonitorCoprocessor = 1 << 1;
    private const ulong Cr0ExtensionType = 1 << 4;
    private const ulong Cr0NumericError = 1 << 5;
    private const ulong Cr0WriteProtect = 1 << 16;
    private const ulong Cr0AlignmentMask = 1 << 18;
    private const ulong Cr0Paging = 1UL << 31;
    private const ulong Cr4PhysicalAddressExtension = 1 << 5;
    private const ulong Cr4MachineCheck = 1 << 6;
    private const ulong Cr4Fxsr = 1 << 9;
    private const ulong Cr4SimdExceptions = 1 << 10;
    private const ulong EferLongModeEnable = 1 << 8;
    private const ulong EferLongModeActive = 1 << 10;
    private const ulong EferNoExecute = 1 << 11;

    /// <summary>The state of a processor that starts on the tables that a loader writes at their fixed place.</summary>
    /// <param name="rip">First instruction.</param>
    public static ProcessorState OnTables(ulong rip) => ProcessorTables.Enter(rip);

    /// <summary>First instruction.</summary>
    public required ulong Rip { get; init; }

    /// <summary>Address of boot_params for the first processor.</summary>
    public ulong Rsi { get; init; }

    /// <summary>Top of the stack.</summary>
    public ulong Rsp { get; init; }

    /// <summary>Only the bit that is always 1.</summary>
    public ulong Rflags { get; init; } = 2;

    /// <summary>CR0.</summary>
    public ulong Cr0 { get; init; } = Cr0ProtectedMode | Cr0MonitorCoprocessor | Cr0ExtensionType | Cr0NumericError | Cr0WriteProtect | Cr0AlignmentMask | Cr0Paging;

    /// <summary>Root of the identity map.</summary>
    public required ulong Cr3 { get; init; }

    /// <summary>CR4.</summary>
    public ulong Cr4 { get; init; } = Cr4PhysicalAddressExtension | Cr4MachineCheck | Cr4Fxsr | Cr4SimdExceptions;

    /// <summary>EFER.</summary>
    public ulong Efer { get; init; } = EferLongModeEnable | EferLongModeActive | EferNoExecute;

    /// <summary>Base of the GDT.</summary>
    public required ulong GdtBase { get; init; }

    /// <summary>Limit of the GDT.</summary>
    public required ushort GdtLimit { get; init; }

    /// <summary>CS.</summary>
    public SegmentState Code { get; init; } = SegmentState.Code64;

    /// <summary>DS, ES, FS, GS and SS.</summary>
    public SegmentState Data { get; init; } = SegmentState.Data;

    /// <summary>TR.</summary>
    public SegmentState Task { get; init; } = SegmentState.Task;
}
