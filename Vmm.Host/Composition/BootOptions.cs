using Vmm.Core.Boot;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Images;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Buses;
using Vmm.Host.Configuration;
using Vmm.Tdx.Attestation.EventLog;

namespace Vmm.Host.Composition;

/// <summary>What a machine boots. Only its definition counts, nothing of the host: what is measured must not depend on where it runs.</summary>
internal static class BootOptions
{
    internal static LinuxBootOptions Of(MachineConfig config, IReadOnlyList<Device> devices) => new()
    {
        Kernel = config.Kernel,
        Mode = config.Boot == BootMethod.Decompressor ? KernelLoadMode.Decompressor : KernelLoadMode.Unpack,
        Initrd = config.Initrd,
        CommandLine = config.Cmdline,
        RamSize = config.Memory.Bytes,
        ProcessorCount = config.Cpus,
        ApStart = config.Guest == GuestKind.Td ? ApStart.Mailbox : ApStart.StartupInterrupt,
        AcpiTables =
        [
            .. devices.OfType<IAcpiTableProvider>().SelectMany(device => device.AcpiTables),
            .. config is { Guest: GuestKind.Td, Firmware: null } ? [CcelTable.Create(MemoryLayout.EventLog)] : Array.Empty<AcpiTable>(),
        ],
        AcpiContributors = [.. devices.OfType<IAcpiContributor>()],
    };
}
