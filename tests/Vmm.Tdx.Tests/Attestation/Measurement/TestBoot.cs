using Vmm.Core.Boot;
using Vmm.Core.Boot.Images;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.EventLog;

namespace Vmm.Tdx.Tests.Attestation.Measurement;

/// <summary>A small kernel, loaded as a TD.</summary>
internal sealed class TestBoot : IDisposable
{
    private readonly string? _initrd;

    /// <param name="segments">Where the kernel's segments lie, and how long they are.</param>
    /// <param name="initrdSize">Bytes of initrd, or 0.</param>
    /// <param name="commandLine">Command line.</param>
    /// <param name="memory">Bytes of RAM.</param>
    /// <param name="firmware">Memory besides RAM.</param>
    /// <param name="processors">Number of processors.</param>
    public TestBoot(
        (ulong Gpa, int Size)[] segments, int initrdSize = 0, string commandLine = "console=ttyS0", ulong memory = 16 << 20, MemoryRange? firmware = null, int processors = 1)
    {
        CommandLine = commandLine;
        Memory = GuestMemory.CreateOrdinary([.. MemoryLayout.Create(memory).Ram, .. firmware is { } range ? [range] : Array.Empty<MemoryRange>()]);
        if (initrdSize > 0)
        {
            _initrd = Path.GetTempFileName();
            File.WriteAllBytes(_initrd, Pattern(initrdSize, 3));
        }

        using var image = KernelImage.Open(new MemoryImageSource("kernel", Elf(segments)));
        Kernel = LinuxBoot.Load(Memory, image, new LinuxBootOptions
        {
            Kernel = "kernel",
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

    public byte[] Page(ulong gpa) => Memory.GetSpan(gpa, 4096).ToArray();

    public void Dispose()
    {
        Memory.Dispose();
        if (_initrd is not null)
        {
            File.Delete(_initrd);
        }
    }

    public static byte[] Pattern(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7 % 251) + seed))];

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
