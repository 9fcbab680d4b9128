using Vmm.Core.Boot.Acpi;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.LongMode;

/// <summary>
/// The real-mode reset vector, F000:FFF0, where a BIOS would begin. Linux jumps there to reboot when it finds reduced ACPI hardware and no EFI
/// (arch/x86/kernel/reboot.c: BOOT_EFI falls through to BOOT_BIOS); this one does what the ACPI reset register does.
/// </summary>
internal static class ResetVector
{
    /// <summary>Physical address.</summary>
    internal const ulong Address = 0xF_FFF0;

    /// <summary>Writes the code.</summary>
    /// <returns>What was written.</returns>
    internal static MemoryRange Write(GuestMemory memory, AcpiPorts ports)
    {
        ReadOnlySpan<byte> code =
        [
            0xBA, (byte)ports.Reset, (byte)(ports.Reset >> 8), // mov dx, reset register
            0xB0, AcpiPorts.ResetValue, // mov al, reset value
            0xEE, // out dx, al
            0xF4, // hlt
            0xEB, 0xFD, // jmp to the hlt
        ];
        memory.Write(Address, code);
        return new MemoryRange(Address, (ulong)code.Length);
    }
}
