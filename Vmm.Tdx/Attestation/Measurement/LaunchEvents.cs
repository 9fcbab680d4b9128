using System.Security.Cryptography;
using System.Text;
using Vmm.Core.Boot;
using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.EventLog;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>
/// What the loader extends into the RTMRs in place of the firmware that a direct boot goes without. Registers and event types are those of TDVF
/// and GRUB; each digest is that of a file or a text as the user has it.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>RTMR0</term><description>boot_params with the memory map, in place of TDVF's TD HOB; the ACPI tables from the RSDP on</description></item>
/// <item><term>RTMR1</term><description>the kernel's file</description></item>
/// <item><term>RTMR2</term><description>the command line without its NUL; the initrd's file</description></item>
/// </list>
/// A separator ends each of the three: what comes behind it is the guest's.
/// </remarks>
public static class LaunchEvents
{
    private const string CommandLine = "kernel_cmdline: ";

    /// <summary>The events in the order of the log.</summary>
    /// <param name="kernel">What was loaded; boot_params and ACPI tables are unchanged since.</param>
    /// <param name="memory">Where it was loaded.</param>
    /// <param name="files">Digests of the files.</param>
    /// <param name="commandLine">The command line.</param>
    public static IReadOnlyList<CcEvent> Of(BootedKernel kernel, GuestMemory memory, LaunchFileDigests files, string commandLine) =>
    [
        new(MeasurementRegister.Rtmr0, TcgEventType.PlatformConfigFlags, Digest(LoadedContent.BootParams, kernel, memory), "boot_params"u8.ToArray()),
        new(MeasurementRegister.Rtmr0, TcgEventType.PlatformConfigFlags, Digest(LoadedContent.AcpiTables, kernel, memory), "ACPI DATA"u8.ToArray()),
        CcEvent.Separator(MeasurementRegister.Rtmr0),
        new(MeasurementRegister.Rtmr1, TcgEventType.Ipl, files.Kernel, "kernel"u8.ToArray()),
        CcEvent.Separator(MeasurementRegister.Rtmr1),
        new(MeasurementRegister.Rtmr2, TcgEventType.Ipl, SHA384.HashData(Encoding.UTF8.GetBytes(commandLine)), Encoding.UTF8.GetBytes(CommandLine + commandLine)),
        .. files.Initrd is { } initrd ? [new CcEvent(MeasurementRegister.Rtmr2, TcgEventType.Ipl, initrd, "initrd"u8.ToArray())] : Array.Empty<CcEvent>(),
        CcEvent.Separator(MeasurementRegister.Rtmr2),
    ];

    private static byte[] Digest(LoadedContent content, BootedKernel kernel, GuestMemory memory)
    {
        MemoryRange range = kernel.Loaded.First(loaded => loaded.Content == content).Range;
        return SHA384.HashData(memory.GetSpan(range.Gpa, (int)range.Size));
    }
}
