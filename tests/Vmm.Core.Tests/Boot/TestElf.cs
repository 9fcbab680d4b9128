using System.Buffers.Binary;

namespace Vmm.Core.Tests.Boot;

/// <summary>Builds ELF64 files byte by byte, from the System V ABI's tables.</summary>
internal sealed class TestElf
{
    internal const int HeaderSize = 64;
    internal const int ProgramHeaderSize = 56;
    private const int PageSize = 4096;

    private readonly List<(ulong Physical, ulong Virtual, byte[] Content, ulong MemorySize)> _segments = [];

    internal ulong Entry { get; init; } = 0x20_0000;

    internal ushort Machine { get; init; } = 62;

    internal ushort Type { get; init; } = 2;

    internal byte Class { get; init; } = 2;

    internal byte Encoding { get; init; } = 1;

    /// <summary>A kernel of one segment at 2 MiB with a page of .bss.</summary>
    internal static byte[] Small() => new TestElf().Segment(0x20_0000, Pattern(5000), 5000 + PageSize).Build();

    internal static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 97))];

    internal TestElf Segment(ulong physical, byte[] content, ulong? memorySize = null, ulong? @virtual = null)
    {
        _segments.Add((physical, @virtual ?? physical, content, memorySize ?? (ulong)content.Length));
        return this;
    }

    internal byte[] Build()
    {
        List<byte> file = [.. new byte[HeaderSize + (ProgramHeaderSize * _segments.Count)]];
        List<int> offsets = [];
        foreach ((_, _, byte[] content, _) in _segments)
        {
            offsets.Add(file.Count);
            file.AddRange(content);
        }

        byte[] bytes = [.. file];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', Class, Encoding, 1 }.CopyTo(bytes, 0);
        U16(bytes, 16, Type);
        U16(bytes, 18, Machine);
        U32(bytes, 20, 1);
        U64(bytes, 24, Entry);
        U64(bytes, 32, HeaderSize);
        U16(bytes, 52, HeaderSize);
        U16(bytes, 54, ProgramHeaderSize);
        U16(bytes, 56, (ushort)_segments.Count);
        for (int i = 0; i < _segments.Count; i++)
        {
            int at = HeaderSize + (i * ProgramHeaderSize);
            U32(bytes, at, 1);
            U32(bytes, at + 4, 7);
            U64(bytes, at + 8, (ulong)offsets[i]);
            U64(bytes, at + 16, _segments[i].Virtual);
            U64(bytes, at + 24, _segments[i].Physical);
            U64(bytes, at + 32, (ulong)_segments[i].Content.Length);
            U64(bytes, at + 40, _segments[i].MemorySize);
        }

        return bytes;
    }

    internal static void U16(byte[] bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), value);

    internal static void U32(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    internal static void U64(byte[] bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
}
