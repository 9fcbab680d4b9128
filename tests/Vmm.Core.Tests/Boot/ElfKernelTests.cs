using Vmm.Core.Boot;
using Vmm.Core.Boot.Images;
using Vmm.Core.Memory;

namespace Vmm.Core.Tests.Boot;

public sealed class ElfKernelTests : IDisposable
{
    private readonly BootTestMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Load_Segments_LandAtTheirPhysicalAddresses()
    {
        byte[] text = TestElf.Pattern(10_000);
        byte[] data = TestElf.Pattern(300);
        LoadedKernel kernel = _machine.Load(new TestElf { Entry = 0x100_0010 }.Segment(0x100_0000, text, @virtual: 0xFFFF_FFFF_8100_0000).Segment(0x200_0000, data, @virtual: 0).Build());

        Assert.Equal(0x100_0010u, kernel.Entry);
        Assert.Equal(text, _machine.Bytes(0x100_0000, text.Length));
        Assert.Equal(data, _machine.Bytes(0x200_0000, data.Length));
        Assert.Equal([new(LoadedContent.Kernel, new(0x100_0000, 10_000)), new(LoadedContent.Kernel, new(0x200_0000, 300))], kernel.Loaded);
    }

    [Fact]
    public void Load_BssInUsedMemory_IsZeroed()
    {
        _machine.Memory.GetSpan(0x20_0000, 0x1_0000).Fill(0xA5);

        LoadedKernel kernel = _machine.Load(TestElf.Small());

        Assert.All(_machine.Bytes(0x20_0000 + 5000, 4096), value => Assert.Equal(0, value));
        Assert.Equal(0xA5, _machine.U8(0x20_0000 + 5000 + 4096));
        Assert.Equal([new MemoryRange(0x20_0000, 5000 + 4096)], kernel.Occupied);
    }

    [Fact]
    public void Load_VirtualEntry_IsConvertedThroughItsSegment()
    {
        byte[] image = new TestElf { Entry = 0xFFFF_FFFF_8100_0123 }.Segment(0x100_0000, TestElf.Pattern(4096), @virtual: 0xFFFF_FFFF_8100_0000).Build();

        Assert.Equal(0x100_0123u, _machine.Load(image).Entry);
    }

    [Theory]
    [InlineData(0x3_0000)]
    [InlineData(0x10_0000)]
    [InlineData(0x20_0000)]
    [InlineData(0x3FF_F000)]
    public void Load_PlainProgram_FitsWhereNothingElseLies(ulong address)
    {
        Assert.Equal(address, _machine.Load(new TestElf { Entry = address }.Segment(address, [0xF4], 4096).Build()).Entry);
    }

    [Theory]
    [InlineData(0x0, 16)]
    [InlineData(0x7000, 1)]
    [InlineData(0x2_FFFF, 2)]
    [InlineData(0x9_DFFF, 2)]
    [InlineData(0xE_0000, 16)]
    [InlineData(0xF_FFFF, 2)]
    [InlineData(0x3FF_FFFF, 2)]
    [InlineData(0x4000_0000, 1)]
    [InlineData(0x1_0000_0000, 1)]
    [InlineData(0x20_0000, 0x7FFF_FFFF_FFFF)]
    public void Load_SegmentOutsideOfLoadableMemory_DoesNotFit(ulong address, ulong size)
    {
        Assert.Equal(BootError.DoesNotFit, _machine.ErrorOf(new TestElf { Entry = address }.Segment(address, [0xF4], size).Build()));
    }

    [Fact]
    public void Load_ManyDamages_HaveTheirErrors()
    {
        TestElf Kernel(ulong entry = 0x20_0000) => new TestElf { Entry = entry }.Segment(0x20_0000, TestElf.Pattern(4096));

        Assert.Equal(BootError.Malformed, _machine.ErrorOf(Kernel(entry: 0x30_0000).Build()));
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(Kernel().Segment(0x20_0FFF, [1]).Build()));
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(Kernel().Segment(ulong.MaxValue, [1], 2).Build()));
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(new TestElf().Segment(0x20_0000, [1, 2], 1).Build()));
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(new TestElf().Build()));
        Assert.Equal(BootError.Malformed, _machine.ErrorOf(new TestElf().Segment(0x20_0000, [], 0).Build()));
        Assert.Equal(BootError.Unsupported, _machine.ErrorOf(new TestElf { Type = 3 }.Segment(0x20_0000, [1]).Build()));
        Assert.Equal(BootError.Unsupported, _machine.ErrorOf(new TestElf { Type = 1 }.Segment(0x20_0000, [1]).Build()));
        Assert.Equal(BootError.Unsupported, _machine.ErrorOf(Kernel().Build(), KernelLoadMode.Decompressor));
    }

    [Theory]
    [InlineData(183, 2, 1, "aarch64")]
    [InlineData(243, 2, 1, "riscv")]
    [InlineData(3, 1, 1, "i386")]
    [InlineData(62, 1, 1, "32-bit")]
    [InlineData(62, 2, 2, "big-endian")]
    [InlineData(9999, 2, 1, "9999")]
    public void Open_ForeignMachine_IsNamed(int machine, byte @class, byte encoding, string name)
    {
        byte[] image = new TestElf { Machine = (ushort)machine, Class = @class, Encoding = encoding }.Segment(0x20_0000, [1]).Build();

        BootException error = Assert.Throws<BootException>(() => BootTestMachine.Open(image));

        Assert.Equal(BootError.WrongArchitecture, error.Error);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CutAnywhere_IsRefused()
    {
        byte[] image = TestElf.Small();
        for (int length = 0; length < image.Length; length++)
        {
            BootError error = _machine.ErrorOf(image[..length]);

            Assert.Equal(length < 4 ? BootError.NotAKernel : BootError.Truncated, error);
        }
    }
}
