using Vmm.Core.Boot;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Tests.Boot;

public sealed class MemoryLayoutTests
{
    private const ulong MiB = 1 << 20;
    private const ulong GiB = 1 << 30;

    public static TheoryData<ulong> Sizes =>
        [2 * MiB, 64 * MiB, (3 * GiB) - 4096, 3 * GiB, (3 * GiB) + 4096, 4 * GiB, 5 * GiB, 512 * GiB];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Create_AnySize_KeepsAllRamAndTheHoleFree(ulong size)
    {
        MemoryLayout layout = MemoryLayout.Create(size);

        Assert.Equal(size, layout.Ram.Aggregate(0UL, (sum, range) => sum + range.Size));
        Assert.Equal(new MemoryRange(0, Math.Min(size, 3 * GiB)), layout.Ram[0]);
        Assert.Equal(size > 3 * GiB ? [new(4 * GiB, size - (3 * GiB))] : [], layout.Ram.Skip(1));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void E820_AnySize_IsSortedWithoutOverlapAndInsideOfRam(ulong size)
    {
        MemoryLayout layout = MemoryLayout.Create(size);
        ulong end = 0;
        foreach (E820Entry entry in layout.E820)
        {
            Assert.True(entry.Address >= end);
            Assert.True(entry.Size > 0);
            Assert.Contains(layout.Ram, range => range.Contains(entry.Address, entry.Size));
            end = entry.Address + entry.Size;
        }

        Assert.Equal(layout.Ram[^1].End, end);
        Assert.Equal(new E820Entry(0, 0x9E000, E820Type.Ram), layout.E820[0]);
        Assert.Equal(new E820Entry(0x9E000, 0x2000, E820Type.AcpiNvs), layout.E820[1]);
        Assert.Equal(new E820Entry(0xD0000, 0x10000, E820Type.AcpiNvs), layout.E820[2]);
        Assert.Equal(new E820Entry(0xE0000, 0x10000, E820Type.Acpi), layout.E820[3]);
    }

    [Fact]
    public void Places_OfTheLoader_DoNotOverlap()
    {
        MemoryRange[] places =
            [MemoryLayout.BootParams, MemoryLayout.Stack, MemoryLayout.CommandLine, MemoryLayout.Mailbox, MemoryLayout.EventLog, MemoryLayout.AcpiTables, MemoryLayout.ProcessorTables];

        Assert.All(places.Zip(places.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Gpa));
        Assert.All(places, place => Assert.Equal(0u, place.Gpa % 4096));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((2 << 20) - 4096)]
    [InlineData((64 << 20) + 1)]
    [InlineData(ulong.MaxValue - 4095)]
    public void Create_UnusableSize_IsRefused(ulong size) =>
        Assert.Equal(BootError.DoesNotFit, Assert.Throws<BootException>(() => MemoryLayout.Create(size)).Error);

    [Fact]
    public void FindHighest_FreeMemory_IsTheTopOfRamOrOfTheLimit()
    {
        MemoryLayout layout = MemoryLayout.Create(5 * GiB);

        Assert.Equal((3 * GiB) - 4096, layout.FindHighest(1, uint.MaxValue, []));
        Assert.Equal((2 * GiB) - 8192, layout.FindHighest(4097, 0x7FFF_FFFF, []));
        Assert.Equal((2 * GiB) - 8192, layout.FindHighest(4097, 0x7FFF_FFFE, []));
    }

    [Fact]
    public void FindHighest_OccupiedMemory_GoesBelow()
    {
        MemoryLayout layout = MemoryLayout.Create(64 * MiB);
        MemoryRange high = new(60 * MiB, 3 * MiB);
        MemoryRange low = new(16 * MiB, 40 * MiB);

        Assert.Equal(63 * MiB, layout.FindHighest(MiB, uint.MaxValue, [low, high]));
        Assert.Equal(58 * MiB, layout.FindHighest(2 * MiB, uint.MaxValue, [low, high]));
        Assert.Equal(MiB, layout.FindHighest(15 * MiB, uint.MaxValue, [low, high]));
        Assert.Null(layout.FindHighest((15 * MiB) + 1, uint.MaxValue, [low, high]));
        Assert.Null(layout.FindHighest(ulong.MaxValue, uint.MaxValue, []));
    }
}
