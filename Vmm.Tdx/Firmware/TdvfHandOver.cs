using Vmm.Core.Boot.Acpi;

namespace Vmm.Tdx.Firmware;

/// <summary>What firmware is handed besides memory: for images with payload sections (td-shim) in those and in the TD HOB list.</summary>
/// <param name="Kernel">A bzImage, or null for what the image itself carries.</param>
/// <param name="CommandLine">The kernel's command line.</param>
/// <param name="Tables">ACPI tables without the RSDP and without addresses of each other, which the firmware fills in.</param>
public sealed record TdvfHandOver(ReadOnlyMemory<byte>? Kernel, string CommandLine, IReadOnlyList<AcpiTable> Tables);
