using System.Text;
using Vmm.Core.Boot;
using Vmm.Core.Boot.Layout;

namespace Vmm.Core.Tests.Boot;

public sealed class LinuxBootTests : IDisposable
{
    private readonly BootTestMachine _machine = new();
    private readonly string _initrd = Path.GetTempFileName();

    private static LinuxBootOptions Options { get; } = new() { Kernel = "kernel" };

    public void Dispose()
    {
        _machine.Dispose();
        File.Delete(_initrd);
    }

    [Fact]
    public void Load_BzImage_CopiesItsSetupHeaderAndFillsTheLoadersFields()
    {
        byte[] image = new TestBzImage().Build();
        ulong zeroPage = _machine.Boot(image, Options with { CommandLine = "console=ttyS0" }).BootProcessor.Rsi;

        Assert.Equal(image[0x212..0x218], _machine.Bytes(zeroPage + 0x212, 6));
        Assert.Equal(image[0x22C..0x26C], _machine.Bytes(zeroPage + 0x22C, 0x40));
        Assert.Equal(0xFF, _machine.U8(zeroPage + 0x210));
        Assert.Equal(1, _machine.U8(zeroPage + 0x211) & 1);
        Assert.Equal(0, _machine.U8(zeroPage + 0x1EF));
        Assert.Equal("console=ttyS0\0", Encoding.ASCII.GetString(_machine.Bytes(_machine.U32(zeroPage + 0x228), 14)));
        Assert.Equal(0u, _machine.U32(zeroPage + 0x218));
        Assert.Equal(0u, _machine.U32(zeroPage + 0x21C));
    }

    [Fact]
    public void Load_ResetVector_WritesTheAcpiResetRegister()
    {
        _machine.Boot(TestElf.Small());

        // mov dx, 0x602; mov al, 1; out dx, al
        Assert.Equal([0xBA, 0x02, 0x06, 0xB0, 0x01, 0xEE], _machine.Bytes(0xF_FFF0, 6));
    }

    [Fact]
    public void Load_Elf_GetsAMinimalSetupHeader()
    {
        ulong zeroPage = _machine.Boot(TestElf.Small()).BootProcessor.Rsi;

        Assert.Equal(0xAA55, _machine.U16(zeroPage + 0x1FE));
        Assert.Equal("HdrS"u8.ToArray(), _machine.Bytes(zeroPage + 0x202, 4));
        Assert.True(_machine.U16(zeroPage + 0x206) >= 0x020C);
        Assert.Equal(1, _machine.U16(zeroPage + 0x236) & 1);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(5120)]
    public void Load_E820_IsTheLayouts(ulong mebibytes)
    {
        using BootTestMachine machine = new(mebibytes << 20);
        BootedKernel kernel = machine.Boot(TestElf.Small());
        ulong zeroPage = kernel.BootProcessor.Rsi;

        Assert.Equal(kernel.Layout.E820.Count, machine.U8(zeroPage + 0x1E8));
        for (int i = 0; i < kernel.Layout.E820.Count; i++)
        {
            ulong at = zeroPage + 0x2D0 + ((ulong)i * 20);
            Assert.Equal(kernel.Layout.E820[i], new E820Entry(machine.U64(at), machine.U64(at + 8), (E820Type)machine.U32(at + 16)));
        }
    }

    [Fact]
    public void Load_Initrd_LiesAtTheTopOfRam()
    {
        byte[] content = TestElf.Pattern(10_000);
        File.WriteAllBytes(_initrd, content);

        BootedKernel kernel = _machine.Boot(TestElf.Small(), Options with { Initrd = _initrd });

        ulong zeroPage = kernel.BootProcessor.Rsi;
        uint at = _machine.U32(zeroPage + 0x218);
        Assert.Equal((64u << 20) - 12_288, at);
        Assert.Equal(10_000u, _machine.U32(zeroPage + 0x21C));
        Assert.Equal(content, _machine.Bytes(at, content.Length));
        Assert.Contains(kernel.Loaded, loaded => loaded == new LoadedRange(LoadedContent.Initrd, new(at, 10_000)));
    }

    [Fact]
    public void Load_UnusableInitrd_HasItsError()
    {
        Assert.Equal(BootError.Truncated, ErrorOf(Options with { Initrd = _initrd }));
        Assert.Equal(BootError.FileMissing, ErrorOf(Options with { Initrd = _initrd + ".missing" }));

        using (FileStream file = File.OpenWrite(_initrd))
        {
            // Sparse: the size is all that counts.
            file.SetLength(64 << 20);
        }

        Assert.Equal(BootError.DoesNotFit, ErrorOf(Options with { Initrd = _initrd }));
    }

    [Fact]
    public void Load_CommandLine_IsHeldToTheKernelsLimit()
    {
        byte[] image = new TestBzImage { CommandLineSize = 100 }.Build();

        _machine.Boot(image, Options with { CommandLine = new string('a', 100) });
        BootException tooLong = Assert.Throws<BootException>(() => _machine.Boot(image, Options with { CommandLine = new string('a', 101) }));
        BootException nul = Assert.Throws<BootException>(() => _machine.Boot(image, Options with { CommandLine = "a\0b" }));

        Assert.Equal(BootError.BadCommandLine, tooLong.Error);
        Assert.Equal(BootError.BadCommandLine, nul.Error);
    }

    [Fact]
    public void Load_UsedMemory_GivesTheSameBytes()
    {
        LinuxBootOptions options = Options with { CommandLine = "quiet", ProcessorCount = 3 };
        BootedKernel first = _machine.Boot(new TestBzImage().Build(), options);
        byte[][] bytes = [.. first.Loaded.Select(loaded => _machine.Bytes(loaded.Range.Gpa, (int)loaded.Range.Size))];

        _machine.Memory.GetSpan(0, (int)_machine.Memory.Size).Fill(0xA5);
        BootedKernel second = _machine.Boot(new TestBzImage().Build(), options);

        Assert.Equal(first.Loaded, second.Loaded);
        Assert.Equal(bytes, second.Loaded.Select(loaded => _machine.Bytes(loaded.Range.Gpa, (int)loaded.Range.Size)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(LinuxBoot.MaximumProcessors + 1)]
    public void Load_ImpossibleProcessorCount_IsRefused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _machine.Boot(TestElf.Small(), Options with { ProcessorCount = count }));

    private BootError ErrorOf(LinuxBootOptions options) => Assert.Throws<BootException>(() => _machine.Boot(TestElf.Small(), options)).Error;
}
