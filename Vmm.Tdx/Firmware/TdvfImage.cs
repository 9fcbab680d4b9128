using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Tdx.Firmware;

/// <summary>A TD virtual firmware image: OVMF built for TDX, td-shim.</summary>
public sealed class TdvfImage
{
    private const uint DescriptorSignature = 0x46564454; // "TDVF"
    private const uint DescriptorVersion = 1;

    // Real images have about ten.
    private const uint MaxSections = 256;

    // A section is copied when it is measured.
    private const ulong MaxSectionSize = 1UL << 30;

    private readonly ReadOnlyMemory<byte> _image;

    private TdvfImage(ReadOnlyMemory<byte> image, TdvfSection[] sections)
    {
        _image = image;
        Sections = sections;
    }

    /// <summary>The sections in the order of the metadata, which is that of the launch.</summary>
    public IReadOnlyList<TdvfSection> Sections { get; }

    /// <summary>Whether it boots a kernel that it is handed in sections of its own, as td-shim does; else it asks for one by fw_cfg.</summary>
    public bool TakesPayload => Sections.Any(section => section.Type is TdvfSectionType.Payload or TdvfSectionType.PayloadParam);

    /// <summary>The bytes of a section that are in the image.</summary>
    public ReadOnlySpan<byte> DataOf(TdvfSection section) => _image.Span.Slice((int)section.DataOffset, (int)section.RawDataSize);

    /// <summary>Reads an image's metadata.</summary>
    /// <exception cref="TdvfException">It has none, or they are wrong.</exception>
    public static TdvfImage Parse(ReadOnlyMemory<byte> image)
    {
        ReadOnlySpan<byte> bytes = image.Span;
        long offset = TdvfLocator.Find(bytes);
        if (offset < 0 || offset > bytes.Length - Unsafe.SizeOf<TdvfDescriptor>())
        {
            throw new TdvfException($"its TDX metadata would lie at 0x{offset:x}, outside of the image");
        }

        TdvfDescriptor descriptor = MemoryMarshal.Read<TdvfDescriptor>(bytes[(int)offset..]);
        if (descriptor.Signature != DescriptorSignature || descriptor.Version != DescriptorVersion)
        {
            throw new TdvfException("there is no TDX metadata of version 1 where it should be");
        }

        ReadOnlySpan<byte> list = bytes[((int)offset + Unsafe.SizeOf<TdvfDescriptor>())..];
        if (descriptor.SectionCount > MaxSections || list.Length < (int)descriptor.SectionCount * Unsafe.SizeOf<TdvfSection>())
        {
            throw new TdvfException($"its TDX metadata claims {descriptor.SectionCount} sections");
        }

        TdvfSection[] sections = MemoryMarshal.Cast<byte, TdvfSection>(list)[..(int)descriptor.SectionCount].ToArray();
        Check(sections, bytes.Length);
        return new TdvfImage(image, sections);
    }

    /// <summary>What the launch adds. The TD HOB, which the VMM builds, is not measured.</summary>
    public IReadOnlyList<LaunchSection> ToLaunch() => [.. Sections.Where(section => section.IsAdded).Select(ToLaunch)];

    private LaunchSection ToLaunch(TdvfSection section)
    {
        byte[] content = [];
        if (section.Attributes.HasFlag(TdvfAttributes.Extend))
        {
            content = new byte[section.MemoryDataSize];
            DataOf(section).CopyTo(content);
        }

        return new LaunchSection(section.Type.ToString(), new MemoryRange(section.MemoryAddress, section.MemoryDataSize), content);
    }

    private static void Check(TdvfSection[] sections, int imageSize)
    {
        TdvfSection[] added = [.. sections.Where(section => section.IsAdded)];
        foreach (TdvfSection section in added)
        {
            string name = $"section {section.Type} at 0x{section.MemoryAddress:x}";
            if ((section.MemoryAddress | section.MemoryDataSize) % GuestMemory.PageSize != 0 || section.MemoryAddress + section.MemoryDataSize < section.MemoryAddress)
            {
                throw new TdvfException($"{name} is not made of whole pages");
            }

            if (section.MemoryDataSize > MaxSectionSize || section.RawDataSize > section.MemoryDataSize)
            {
                throw new TdvfException($"{name} has {section.RawDataSize} bytes of data for {section.MemoryDataSize} bytes of memory");
            }

            if ((ulong)section.DataOffset + section.RawDataSize > (ulong)imageSize)
            {
                throw new TdvfException($"{name} has its data outside of the image");
            }
        }

        if (!Array.Exists(added, section => section.Type == TdvfSectionType.Bfv))
        {
            throw new TdvfException("it has no boot firmware volume");
        }

        if (added.Count(section => section.Type == TdvfSectionType.TdHob) > 1)
        {
            throw new TdvfException("it has more than one section for the TD HOB list");
        }

        TdvfSection[] ascending = [.. added.OrderBy(section => section.MemoryAddress)];
        for (int i = 1; i < ascending.Length; i++)
        {
            if (ascending[i - 1].MemoryAddress + ascending[i - 1].MemoryDataSize > ascending[i].MemoryAddress)
            {
                throw new TdvfException($"sections {ascending[i - 1].Type} and {ascending[i].Type} overlap at 0x{ascending[i].MemoryAddress:x}");
            }
        }
    }
}
