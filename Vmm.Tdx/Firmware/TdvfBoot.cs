using System.Text;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Memory;
using Vmm.Tdx.Firmware.Hobs;
using Vmm.Tdx.Firmware.Shim;
using Vmm.Tdx.Hardware.Launch;

namespace Vmm.Tdx.Firmware;

/// <summary>What a TD on TDX hardware begins with when it boots firmware of the user's: the sections of a TDVF image, in the order of its metadata.</summary>
public static class TdvfBoot
{
    // Firmware ends at 4 GiB; what is below this is for devices.
    private const ulong LowestFirmware = BootShim.End - (16 << 20);
    private const uint PayloadIsBzImage = 1;

    // td-shim, td-shim-interface: HOB GUIDs for the payload and for ACPI tables.
    private static readonly Guid PayloadInfo = new("b96fa412-461f-4be3-8c0d-ad805a497ac0");
    private static readonly Guid AcpiTableHob = new("6a0c5870-d4ed-44f4-a135-dd238b6f0c8d");

    /// <summary>The memory below 4 GiB that an image is mapped to, beside RAM.</summary>
    /// <param name="image">The image.</param>
    /// <param name="ram">The machine's RAM.</param>
    /// <exception cref="TdvfException">A section lies neither in RAM nor where firmware may.</exception>
    public static MemoryRange FirmwareRange(TdvfImage image, IReadOnlyList<MemoryRange> ram)
    {
        TdvfSection[] beside = [.. image.Sections.Where(section => section.IsAdded && !ram.Any(range => range.Contains(section.MemoryAddress, section.MemoryDataSize)))];
        foreach (TdvfSection section in beside)
        {
            if (section.MemoryAddress < LowestFirmware || section.MemoryAddress + section.MemoryDataSize > BootShim.End)
            {
                throw new TdvfException(
                    $"section {section.Type} at 0x{section.MemoryAddress:x} lies neither in RAM nor in the last 16 MiB below 4 GiB; give the machine more memory");
            }
        }

        if (!Array.Exists(beside, section => section.MemoryAddress + section.MemoryDataSize == BootShim.End))
        {
            throw new TdvfException("no section reaches up to 4 GiB, where TDs start");
        }

        ulong start = beside.Min(section => section.MemoryAddress);
        return new MemoryRange(start, BootShim.End - start);
    }

    /// <summary>Puts an image into memory.</summary>
    /// <param name="memory">Guest memory: RAM, and <see cref="FirmwareRange"/>.</param>
    /// <param name="image">The image.</param>
    /// <param name="ram">The machine's RAM.</param>
    /// <param name="handOver">What it is handed.</param>
    /// <exception cref="TdvfException">That does not fit into the image's sections.</exception>
    public static TdxImage Load(GuestMemory memory, TdvfImage image, IReadOnlyList<MemoryRange> ram, TdvfHandOver handOver)
    {
        ulong hobAddress = 0;
        TdvfSection[] added = [.. image.Sections.Where(section => section.IsAdded)];
        foreach (TdvfSection section in added)
        {
            Fill(memory, section, image.DataOf(section));
            switch (section.Type)
            {
                case TdvfSectionType.TdHob:
                    hobAddress = section.MemoryAddress;
                    Fill(memory, section, Hobs(image, ram, handOver).ToBytes(hobAddress));
                    break;
                case TdvfSectionType.Payload when section.RawDataSize == 0 && handOver.Kernel is { } kernel:
                    Fill(memory, section, kernel.Span);
                    break;
                case TdvfSectionType.PayloadParam:
                    Fill(memory, section, [.. Encoding.UTF8.GetBytes(handOver.CommandLine), 0]);
                    break;
            }
        }

        return new TdxImage([.. added.Select(ToSection)], hobAddress);
    }

    private static TdxSection ToSection(TdvfSection section) => new(
        section.Type.ToString(), new MemoryRange(section.MemoryAddress, section.MemoryDataSize), section.Attributes.HasFlag(TdvfAttributes.Extend));

    private static void Fill(GuestMemory memory, TdvfSection section, ReadOnlySpan<byte> data)
    {
        if ((ulong)data.Length > section.MemoryDataSize)
        {
            throw new TdvfException($"section {section.Type} has {section.MemoryDataSize} bytes, and {data.Length} are to go there");
        }

        memory.Write(section.MemoryAddress, data);
    }

    private static HobList Hobs(TdvfImage image, IReadOnlyList<MemoryRange> ram, TdvfHandOver handOver)
    {
        HobList hobs = new();
        MemoryRange[] added = [.. image.Sections.Where(section => section.IsAdded).Select(section => new MemoryRange(section.MemoryAddress, section.MemoryDataSize))];
        foreach (MemoryRange range in ram)
        {
            IEnumerable<(MemoryRange Range, HobResourceType Type)> parts =
            [
                .. added.Where(one => range.Contains(one.Gpa, one.Size)).Select(one => (one, HobResourceType.SystemMemory)),
                .. DirectBoot.Gaps(range, added).Select(one => (one, HobResourceType.MemoryUnaccepted)),
            ];
            foreach ((MemoryRange part, HobResourceType type) in parts.OrderBy(part => part.Range.Gpa))
            {
                hobs.Add(part, type);
            }
        }

        if (image.TakesPayload)
        {
            // Image type, a reserved word, entry point: which a bzImage says itself.
            hobs.Add(PayloadInfo, [.. BitConverter.GetBytes(PayloadIsBzImage), .. new byte[sizeof(uint) + sizeof(ulong)]]);
            foreach (AcpiTable table in handOver.Tables)
            {
                hobs.Add(AcpiTableHob, table.Bytes.Span);
            }
        }

        return hobs;
    }
}
