using Vmm.Core.Boot;
using Vmm.Core.Boot.Images;
using Vmm.Core.Memory;

namespace Vmm.Core.Tests.Boot;

public sealed class BzImageTests : IDisposable
{
    private readonly BootTestMachine _machine = new();

    public static TheoryData<string> Formats => ["gzip", "zstd", "lz4", "xz"];

    public void Dispose() => _machine.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Unpack_Payload_LoadsTheKernelInIt(string format)
    {
        byte[] text = TestElf.Pattern(300_000);
        byte[] vmlinux = new TestElf { Entry = 0x100_0010 }.Segment(0x100_0000, text).Build();

        LoadedKernel kernel = _machine.Load(new TestBzImage { Payload = Pack(format, vmlinux) }.Build());

        Assert.Equal(0x100_0010u, kernel.Entry);
        Assert.Equal(text, _machine.Bytes(0x100_0000, text.Length));
        Assert.Null(kernel.Decompressor);
    }

    [Fact]
    public void Unpack_SeveralLz4Blocks_AreJoined()
    {
        byte[] text = TestElf.Pattern((8 << 20) + 12_345);
        byte[] vmlinux = new TestElf().Segment(0x20_0000, text).Build();

        _machine.Load(new TestBzImage { Payload = TestPayloads.Lz4(vmlinux) }.Build());

        Assert.True(_machine.Memory.GetSpan(0x20_0000, text.Length).SequenceEqual(text));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Unpack_DamagedPayload_IsMalformed(string format)
    {
        byte[] good = Pack(format, TestElf.Small());
        byte[] wrongSize = [.. good];
        wrongSize[^4]++;
        byte[] cut = [.. good[..(good.Length / 2)], .. good[^4..]];
        byte[] tiny = good[..7];

        Assert.Equal(BootError.Malformed, _machine.ErrorOf(new TestBzImage { Payload = wrongSize }.Build()));
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(new TestBzImage { Payload = cut }.Build()));
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(new TestBzImage { Payload = tiny }.Build()));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Unpack_SizeBeyondMemory_DoesNotFit(string format)
    {
        byte[] payload = Pack(format, TestElf.Small());
        TestElf.U32(payload, payload.Length - 4, uint.MaxValue);

        Assert.Equal(BootError.DoesNotFit, _machine.ErrorOf(new TestBzImage { Payload = payload }.Build()));
    }

    [Fact]
    public void Unpack_NoElfInPayload_IsMalformed() =>
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(new TestBzImage { Payload = TestPayloads.Zstd(new byte[100]) }.Build()));

    [Theory]
    [InlineData(new byte[] { 0x42, 0x5A, 0x68 }, "bzip2")]
    [InlineData(new byte[] { 0x5D, 0, 0 }, "lzma")]
    [InlineData(new byte[] { 0x89, 0x4C, 0x5A, 0x4F }, "lzo")]
    [InlineData(new byte[] { 1, 2, 3 }, "unknown")]
    public void Unpack_OtherCompression_NamesItAndTheWayOut(byte[] magic, string name)
    {
        byte[] image = new TestBzImage { Payload = [.. magic, .. new byte[100]] }.Build();

        BootException error = Assert.Throws<BootException>(() => _machine.Load(image));

        Assert.Equal(BootError.Unsupported, error.Error);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("decompressor", error.Message, StringComparison.Ordinal);
        Assert.Equal(TestBzImage.PreferredAddress + 0x200, _machine.Load(image, KernelLoadMode.Decompressor).Entry);
    }

    [Fact]
    public void Decompressor_Load_CopiesTheProtectedModePartAndTellsCodeFromPayload()
    {
        byte[] image = new TestBzImage().Build();
        byte[] part = image[TestBzImage.ProtectedMode..];
        uint payload = (uint)new TestBzImage().Payload.Length;
        ulong at = TestBzImage.PreferredAddress;

        LoadedKernel kernel = _machine.Load(image, KernelLoadMode.Decompressor);

        Assert.Equal(at + 0x200, kernel.Entry);
        Assert.Equal(part, _machine.Bytes(at, part.Length));
        Assert.Equal([new MemoryRange(at, 0x40_0000)], kernel.Occupied);
        Assert.Equal(
            [LoadedContent.Kernel, LoadedContent.KernelPayload, LoadedContent.Kernel],
            kernel.Loaded.Select(loaded => loaded.Content));
        Assert.NotNull(kernel.Decompressor);
        Assert.Equal(at, kernel.Decompressor.PreferredAddress);
        Assert.Equal(0x40_0000u, kernel.Decompressor.InitSize);
        Assert.Equal(
            [new(at, TestBzImage.PayloadOffset), new(at + TestBzImage.PayloadOffset + payload, (ulong)part.Length - TestBzImage.PayloadOffset - payload)],
            kernel.Decompressor.Code);
    }

    [Fact]
    public void Decompressor_NoRoom_DoesNotFit()
    {
        Assert.Equal(BootError.DoesNotFit, _machine.ErrorOf(new TestBzImage { InitSize = 0x7FFF_FFFF }.Build(), KernelLoadMode.Decompressor));
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(new TestBzImage { InitSize = 16 }.Build(), KernelLoadMode.Decompressor));
    }

    [Fact]
    public void Open_UnusableHeaders_HaveTheirErrors()
    {
        Assert.Equal(BootError.Unsupported, _machine.ErrorOf(new TestBzImage { Version = 0x020B }.Build()));
        Assert.Equal(BootError.Unsupported, _machine.ErrorOf(new TestBzImage { LoadFlags = 0 }.Build()));
        Assert.Equal(BootError.WrongArchitecture, _machine.ErrorOf(new TestBzImage { ExtendedLoadFlags = 0x7E }.Build()));

        byte[] payloadOutside = new TestBzImage().Build();
        TestElf.U32(payloadOutside, 0x248, uint.MaxValue);
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(payloadOutside));

        byte[] noBootFlag = new TestBzImage().Build();
        TestElf.U16(noBootFlag, 0x1FE, 0);
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(noBootFlag));

        byte[] shortHeader = new TestBzImage().Build();
        shortHeader[0x201] = 0x20;
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(shortHeader));
    }

    [Fact]
    public void Open_CutAnywhere_IsRefused()
    {
        byte[] image = new TestBzImage().Build();
        for (int length = 0; length < image.Length; length++)
        {
            BootError error = _machine.ErrorOf(image[..length]);

            // Without the magic number at 0x202 nothing says that it was meant to be a bzImage.
            Assert.Equal(length < 0x206 ? BootError.NotAKernel : BootError.Truncated, error);
        }
    }

    private static byte[] Pack(string format, byte[] content) => format switch
    {
        "gzip" => TestPayloads.Gzip(content),
        "zstd" => TestPayloads.Zstd(content),
        "lz4" => TestPayloads.Lz4(content),
        _ => TestPayloads.Xz(content),
    };
}
