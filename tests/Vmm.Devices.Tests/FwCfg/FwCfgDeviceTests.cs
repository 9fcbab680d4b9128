using System.Buffers.Binary;
using System.Text;
using Vmm.Core.Testing.Fuzzing;
using Vmm.Devices.FwCfg;

namespace Vmm.Devices.Tests.FwCfg;

/// <summary>QEMU, docs/specs/fw_cfg.rst.</summary>
public sealed class FwCfgDeviceTests
{
    private const int Selector = 0x510, Data = 0x511, DmaHigh = 0x514, DmaLow = 0x518;
    private const int FileDirectory = 0x19;
    private const ulong Request = 0x1000, Target = 0x2000;
    private const uint Error = 1, Read = 2, Skip = 4, Select = 8, Write = 16;

    private readonly DeviceBench _bus;

    public FwCfgDeviceTests()
    {
        FwCfgItems items = new();
        items.Set(FwCfgKey.CpuCount, 5);
        items.AddFile("etc/b", "second"u8.ToArray());
        items.AddFile("etc/a", "first"u8.ToArray());
        _bus = new DeviceBench();
        _bus.Attach(new FwCfgDevice("fw-cfg", items, _bus.Memory));
    }

    [Fact]
    public void Signature_IsQemuAndBothInterfaces()
    {
        Assert.Equal("QEMU", Encoding.ASCII.GetString(ReadItem(0, 4)));
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32LittleEndian(ReadItem(1, 4)));
        Assert.Equal(5u, BinaryPrimitives.ReadUInt32LittleEndian(ReadItem(5, 4)));
    }

    [Fact]
    public void DmaAddress_Read_IsTheSignature()
    {
        byte[] bytes = [.. Enumerable.Range(0, 8).Select(i => _bus.In(DmaHigh + i))];

        Assert.Equal("QEMU CFG", Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public void Item_ReadBeyondItsEnd_IsZeros()
    {
        Assert.Equal([(byte)'Q', (byte)'E', (byte)'M', (byte)'U', 0, 0], ReadItem(0, 6));
        Assert.Equal([0, 0], ReadItem(0x7777, 2));
    }

    [Fact]
    public void Directory_ListsFilesWithSizeAndSelector()
    {
        byte[] directory = ReadItem(FileDirectory, 4 + (2 * 64));

        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(directory));
        Assert.Equal((5u, (ushort)0x20, "etc/a"), Entry(directory, 0));
        Assert.Equal((6u, (ushort)0x21, "etc/b"), Entry(directory, 1));
        Assert.Equal("second", Encoding.ASCII.GetString(ReadItem(0x21, 6)));
    }

    [Fact]
    public void Dma_SelectAndRead_CopiesToMemory()
    {
        Assert.Equal(0u, Dma((0x21u << 16) | Select | Read, 6, Target));

        Assert.Equal("second", Encoding.ASCII.GetString(_bus.Memory.Bytes.Slice((int)Target, 6)));
    }

    [Fact]
    public void Dma_SkipThenRead_GoesOnBehind()
    {
        Assert.Equal(0u, Dma((0x21u << 16) | Select | Skip, 3, 0));
        Assert.Equal(0u, Dma(Read, 5, Target));

        Assert.Equal("ond\0\0", Encoding.ASCII.GetString(_bus.Memory.Bytes.Slice((int)Target, 5)));
    }

    [Theory]
    [InlineData((0x20u << 16) | Select | Write, 4u, 0x2000ul)]
    [InlineData(Read, 4u, 0x7000_0000ul)]
    [InlineData(Read, 0xFFFF_FFFFu, 0x2000ul)]
    public void Dma_Impossible_SetsTheErrorBit(uint control, uint length, ulong address) => Assert.Equal(Error, Dma(control, length, address));

    [Fact]
    public void Dma_PrivateMemory_IsNotTouched()
    {
        _bus.Memory.Convert(Target, shared: false);

        Assert.Equal(Error, Dma((0x21u << 16) | Select | Read, 6, Target));
        Assert.Equal(0, _bus.Memory.Bytes[(int)Target]);
    }

    [Fact]
    public void Dma_RequestOutsideOfMemory_DoesNothing()
    {
        _bus.Out(DmaHigh, 4, BinaryPrimitives.ReverseEndianness(0x7000u));
        _bus.Out(DmaLow, 4, 0);

        Assert.Empty(_bus.Faults);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Device_HostileGuest_NeitherThrowsNorAllocates(int seed)
    {
        FuzzReport report = DeviceFuzzer.Run(bench => new FwCfgDevice("fw-cfg", new FwCfgItems(), bench.Memory), new FuzzOptions { Seed = seed });

        Assert.Empty(report.Findings);
        Assert.InRange(report.AllocatedBytes, 0, 64 * 1024);
    }

    private byte[] ReadItem(int key, int count)
    {
        _bus.Out(Selector, 2, (uint)key);
        return [.. Enumerable.Range(0, count).Select(_ => _bus.In(Data))];
    }

    private uint Dma(uint control, uint length, ulong address)
    {
        Span<byte> request = _bus.Memory.Bytes.Slice((int)Request, 16);
        BinaryPrimitives.WriteUInt32BigEndian(request, control);
        BinaryPrimitives.WriteUInt32BigEndian(request[4..], length);
        BinaryPrimitives.WriteUInt64BigEndian(request[8..], address);
        _bus.Out(DmaHigh, 4, 0);
        _bus.Out(DmaLow, 4, BinaryPrimitives.ReverseEndianness((uint)Request));
        return BinaryPrimitives.ReadUInt32BigEndian(_bus.Memory.Bytes[(int)Request..]);
    }

    private static (uint Size, ushort Selector, string Name) Entry(byte[] directory, int index)
    {
        Span<byte> entry = directory.AsSpan(4 + (index * 64), 64);
        return (BinaryPrimitives.ReadUInt32BigEndian(entry), BinaryPrimitives.ReadUInt16BigEndian(entry[4..]), Encoding.ASCII.GetString(entry[8..]).TrimEnd('\0'));
    }
}
