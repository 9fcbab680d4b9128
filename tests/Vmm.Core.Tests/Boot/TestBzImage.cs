namespace Vmm.Core.Tests.Boot;

/// <summary>Builds bzImages from the offsets in Linux's Documentation/arch/x86/boot.rst.</summary>
internal sealed class TestBzImage
{
    internal const int PayloadOffset = 0x2CC;
    internal const uint PreferredAddress = 0x100_0000;
    private const int SetupSectors = 3;

    /// <summary>Where the protected-mode part starts.</summary>
    internal const int ProtectedMode = (SetupSectors + 1) * 512;

    internal byte[] Payload { get; init; } = TestPayloads.Gzip(TestElf.Small());

    internal byte[] Tail { get; init; } = [.. Enumerable.Repeat((byte)0xCC, 100)];

    internal ushort Version { get; init; } = 0x020F;

    internal ushort ExtendedLoadFlags { get; init; } = 0x7F;

    internal byte LoadFlags { get; init; } = 1;

    internal uint InitSize { get; init; } = 0x40_0000;

    internal uint CommandLineSize { get; init; } = 255;

    internal byte[] Build()
    {
        int code = PayloadOffset + Payload.Length + Tail.Length;
        int paragraphs = (code + 15) / 16;
        byte[] bytes = new byte[ProtectedMode + (paragraphs * 16)];
        Enumerable.Repeat((byte)0x90, PayloadOffset).ToArray().CopyTo(bytes, ProtectedMode);
        Payload.CopyTo(bytes, ProtectedMode + PayloadOffset);
        Tail.CopyTo(bytes, ProtectedMode + PayloadOffset + Payload.Length);

        bytes[0] = (byte)'M';
        bytes[1] = (byte)'Z';
        bytes[0x1F1] = SetupSectors;
        TestElf.U32(bytes, 0x1F4, (uint)paragraphs);
        TestElf.U16(bytes, 0x1FE, 0xAA55);
        bytes[0x200] = 0xEB;
        bytes[0x201] = 0x6A;
        "HdrS"u8.CopyTo(bytes.AsSpan(0x202));
        TestElf.U16(bytes, 0x206, Version);
        bytes[0x211] = LoadFlags;
        TestElf.U32(bytes, 0x22C, 0x7FFF_FFFF);
        TestElf.U32(bytes, 0x230, 0x20_0000);
        bytes[0x234] = 1;
        TestElf.U16(bytes, 0x236, ExtendedLoadFlags);
        TestElf.U32(bytes, 0x238, CommandLineSize);
        TestElf.U32(bytes, 0x248, PayloadOffset);
        TestElf.U32(bytes, 0x24C, (uint)Payload.Length);
        TestElf.U64(bytes, 0x258, PreferredAddress);
        TestElf.U32(bytes, 0x260, InitSize);
        return bytes;
    }
}
