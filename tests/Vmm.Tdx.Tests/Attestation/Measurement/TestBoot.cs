using System.Buffers.Binary;
using System.IO.Compression;
using Vmm.Core.Boot;
using Vmm.Core.Boot.Images;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.EventLog;

namespace Vmm.Tdx.Tests.Attestation.Measurement;

/// <summary>A small kernel, loaded as a TD.</summary>
internal sealed class TestBoot : IDisposable
{
    /// <summary>Where the protected-mode part of a bzImage begins.</summary>
    public const int ProtectedMode = 4 * 512;

    /// <summary>Where that is loaded for its decompressor.</summary>
    public const ulong PreferredAddress = 0x40_0000;

    private const int PayloadOffset = 0x2CC;

    private readonly string? _initrd;

    /// <param name="segments">Where the kernel's segments lie, and how long they are.</param>
    /// <param name="initrdSize">Bytes of initrd, or 0.</param>
    /// <param name="commandLine">Command line.</param>
    /// <param name="memory">Bytes of RAM.</param>
    /// <param name="firmware">Memory besides RAM.</param>
    /// <param name="processors">Number of processors.</param>
    /// <param name="bzImage">Null for an ELF file; else a bzImage of it, and who unpacks that.</param>
    public TestBoot(
        (ulong Gpa, int Size)[] segments,
        int initrdSize = 0,
        string commandLine = "console=ttyS0",
        ulong memory = 16 << 20,
        MemoryRange? firmware = null,
        int processors = 1,
        KernelLoadMode? bzImage = null)
    {
        File = bzImage is null ? Elf(segments) : BzImage(Elf(segments));
        CommandLine = commandLine;
        Memory = GuestMemory.CreateOrdinary([.. MemoryLayout.Create(memory).Ram, .. firmware is { } range ? [range] : Array.Empty<MemoryRange>()]);
        if (initrdSize > 0)
        {
            _initrd = Path.GetTempFileName();
            System.IO.File.WriteAllBytes(_initrd, Pattern(initrdSize, 3));
        }

        using var image = KernelImage.Open(new MemoryImageSource("kernel", File));
        Kernel = LinuxBoot.Load(Memory, image, new LinuxBootOptions
        {
            Kernel = "kernel",
            Mode = bzImage ?? KernelLoadMode.Unpack,
            Initrd = _initrd,
            CommandLine = commandLine,
            RamSize = memory,
            ProcessorCount = processors,
            AcpiTables = [CcelTable.Create(MemoryLayout.EventLog)],
        });
    }

    public GuestMemory Memory { get; }

    public BootedKernel Kernel { get; }

    public string CommandLine { get; }

    /// <summary>The kernel's file.</summary>
    public byte[] File { get; }

    public byte[] Page(ulong gpa) => Memory.GetSpan(gpa, 4096).ToArray();

    public void Dispose()
    {
        Memory.Dispose();
        if (_initrd is not null)
        {
            System.IO.File.Delete(_initrd);
        }
    }

    public static byte[] Pattern(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7 % 251) + seed))];

    /// <summary>The pages of a segment, as its bytes in the file and zeros behind them.</summary>
    public static IEnumerable<(ulong Gpa, byte[] Content)> Pages(ulong gpa, byte[] content)
    {
        for (int at = 0; at < content.Length; at += 4096)
        {
            byte[] page = new byte[4096];
            content.AsSpan(at, Math.Min(4096, content.Length - at)).CopyTo(page);
            yield return (gpa + (ulong)at, page);
        }
    }

    /// <summary>boot.rst: three set-up sectors behind the first; the protected-mode part has "code", the kernel packed by gzip with its size behind it, and "code" again.</summary>
    private static byte[] BzImage(byte[] elf)
    {
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(elf);
        }

        byte[] payload = packed.ToArray(); // whose trailer ends with the size
        int paragraphs = (PayloadOffset + payload.Length + 3000 + 15) / 16;
        byte[] file = new byte[ProtectedMode + (paragraphs * 16)];
        Pattern(file.Length - ProtectedMode, 9).CopyTo(file, ProtectedMode);
        payload.CopyTo(file, ProtectedMode + PayloadOffset);
        file[0x1F1] = (ProtectedMode / 512) - 1;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(0x1F4), paragraphs);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x1FE), 0xAA55);
        file[0x201] = 0x6A; // the header ends at 0x26C
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x206), 0x020F);
        file[0x211] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x22C), 0x7FFF_FFFF);
        file[0x236] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x238), 255);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(0x248), PayloadOffset);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(0x24C), payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x258), PreferredAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x260), 0x40_0000);
        return file;
    }

    /// <summary>ELF64, program headers behind the header, segments behind those.</summary>
    private static byte[] Elf((ulong Gpa, int Size)[] segments)
    {
        MemoryStream file = new();
        BinaryWriter writer = new(file);
        writer.Write([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.Write((ushort)2);
        writer.Write((ushort)62);
        writer.Write(1);
        writer.Write(segments[0].Gpa);
        writer.Write(64UL);
        writer.Write(0UL);
        writer.Write(0);
        writer.Write((ushort)64);
        writer.Write((ushort)56);
        writer.Write((ushort)segments.Length);
        writer.Write((ushort)0);
        writer.Write(0);
        long offset = 64 + (56 * segments.Length);
        foreach ((ulong gpa, int size) in segments)
        {
            writer.Write(1);
            writer.Write(7);
            writer.Write(offset);
            writer.Write(gpa);
            writer.Write(gpa);
            writer.Write((ulong)size);
            writer.Write((ulong)size);
            writer.Write(4096UL);
            offset += size;
        }

        for (int i = 0; i < segments.Length; i++)
        {
            writer.Write(Pattern(segments[i].Size, i));
        }

        return file.ToArray();
    }
}
