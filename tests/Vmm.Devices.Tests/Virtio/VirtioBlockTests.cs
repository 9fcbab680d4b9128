using System.Text;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio.Block;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>virtio 1.2, 5.2.</summary>
public sealed class VirtioBlockTests : IDisposable
{
    private const ulong Header = 0x1000, Data = 0x2_0000, Status = 0x1800;
    private const int DiskSize = 1 << 20, Sector = 512;
    private const uint In = 0, Out = 1, Flush = 4, GetId = 8, Discard = 11, WriteZeroes = 13, SecureErase = 14;
    private const byte Ok = 0, IoError = 1, Unsupported = 2, NotWritten = 0xEE;

    private readonly FakeMemory _memory = new(0x20_0000);
    private readonly TemporaryDisk _disk = new(DiskSize + 100); // what is no whole sector is not there
    private VirtioBlock? _device;
    private VirtioDriver? _driver;
    private DriverQueue? _queue;

    public void Dispose()
    {
        _device?.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void Config_OfADisk_HasItsCapacityAndLimits()
    {
        VirtioDriver driver = Create(new VirtioBlockOptions { Path = _disk.File, Queues = 3, QueueSize = 64 });

        Assert.Equal(DiskSize / (ulong)Sector, driver.Config(0, 8));
        Assert.Equal(62UL, driver.Config(12, 4)); // segments
        Assert.Equal(512UL, driver.Config(20, 4)); // block size
        Assert.Equal(3UL, driver.Config(34, 2)); // queues
        Assert.Equal(1UL, driver.Config(40, 4)); // segments of a discard
        Assert.NotEqual(0UL, driver.Config(36, 4));
        Assert.NotEqual(0UL, driver.Config(48, 4));
        Assert.Equal((1UL << 2) | (1 << 6) | (1 << 9) | (1 << 12) | (1 << 13) | (1 << 14), driver.OfferedFeatures & 0xFF_FFFF);
    }

    [Fact]
    public void WriteAndRead_ManyBuffers_MoveTheRightBytes()
    {
        Start();
        byte[] content = new byte[100 * 1024];
        new Random(3).NextBytes(content);
        content.CopyTo(_memory.Bytes[(int)Data..]);
        DriverBuffer[] pieces = [.. Enumerable.Range(0, 100).Select(i => new DriverBuffer(Data + (1024UL * (ulong)i), 1024))];

        Assert.Equal(Ok, Request(Out, 7, pieces));
        _memory.Bytes.Slice((int)Data, content.Length).Clear();
        Assert.Equal(Ok, Request(In, 7, [.. pieces.Select(piece => piece with { Write = true })]));
        Assert.True(_memory.Bytes.Slice((int)Data, content.Length).SequenceEqual(content));
        _device!.Dispose();
        Assert.Equal(content, _disk.Content[(7 * Sector)..((7 * Sector) + content.Length)]);
    }

    [Fact]
    public void Read_HeaderAndStatusInOneBufferWithData_Works()
    {
        Start();
        WriteHeader(In, 0);
        _memory.Bytes[(int)Data + Sector] = NotWritten;

        Assert.Equal(Sector + 1U, _driver!.Transfer(_queue!, new(Header, 4), new(Header + 4, 12), new(Data, Sector + 1, Write: true)));
        Assert.Equal(Ok, _memory.Bytes[(int)Data + Sector]);
    }

    [Theory]
    [InlineData(In, DiskSize / Sector, Sector)]
    [InlineData(Out, (DiskSize / Sector) - 1, 2 * Sector)]
    [InlineData(In, 0x7FFF_FFFF_FFFF_FFFFL, Sector)]
    [InlineData(Out, 0, 100)] // no whole sectors
    public void Transfer_NotOnTheDisk_IsAnIoError(uint type, long sector, uint length)
    {
        Start();

        Assert.Equal(IoError, Request(type, (ulong)sector, new DriverBuffer(Data, length, Write: type == In)));
    }

    [Fact]
    public void Transfer_OfAFileCutShort_IsAnIoError()
    {
        Start();
        _disk.Truncate();

        Assert.Equal(IoError, Request(In, 5, new DriverBuffer(Data, Sector, Write: true)));
    }

    [Fact]
    public void GetId_GivesTheSerialNumber()
    {
        Start(new VirtioBlockOptions { Path = _disk.File, Serial = "disk-42" });

        Assert.Equal(Ok, Request(GetId, 0, new DriverBuffer(Data, 20, Write: true)));
        Assert.Equal("disk-42".PadRight(20, '\0'), Encoding.ASCII.GetString(_memory.Bytes.Slice((int)Data, 20)));
    }

    [Fact]
    public void Requests_ManyOfEveryKind_AllocateNothing()
    {
        Start();
        Virtqueue queue = _device!.Queues[0];
        ServeAll(10); // what is compiled or made once
        long before = GC.GetAllocatedBytesForCurrentThread();
        long allocated = ServeAll(1_000);

        Assert.Equal(0, allocated);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() > before, "the counter does not count");

        // Served on this thread, whose allocations can be counted, and not by a kick.
        long ServeAll(int times)
        {
            long sum = 0;
            foreach (uint type in (uint[])[In, Out, Flush, GetId, WriteZeroes])
            {
                for (int i = 0; i < times; i++)
                {
                    WriteHeader(type, 3);
                    _memory.Write64(Data, 0);
                    _memory.Write64(Data + 8, 1);
                    ushort id = _queue!.Add(type switch
                    {
                        In or GetId => [new(Header, 16), new(Data, Sector, Write: true), new(Data + 0x1000, Sector, Write: true), new(Status, 1, Write: true)],
                        Out => [new(Header, 16), new(Data, Sector), new(Data + 0x1000, Sector), new(Status, 1, Write: true)],
                        Flush => [new(Header, 16), new(Status, 1, Write: true)],
                        _ => (DriverBuffer[])[new(Header, 16), new(Data, 16), new(Status, 1, Write: true)],
                    });
                    lock (queue.Serving)
                    {
                        long start = GC.GetAllocatedBytesForCurrentThread();
                        _device!.ServeQueue(queue);
                        sum += GC.GetAllocatedBytesForCurrentThread() - start;
                    }

                    Assert.Equal(Ok, _memory.Bytes[(int)Status]);
                    Assert.True(_queue.TryTake(out ushort taken, out _));
                    Assert.Equal(id, taken);
                }
            }

            return sum;
        }
    }

    [Theory]
    [InlineData("514649FB00000003", "qcow2")]
    [InlineData("7668647866696C65", "vhdx")]
    [InlineData("4B444D5601000000", "vmdk")]
    [InlineData("636F6E6563746978", "vhd")]
    public void Image_OfAnotherFormat_IsRefusedUnlessItIsSaidToBeRaw(string head, string format)
    {
        using (FileStream file = _disk.File.OpenWrite())
        {
            file.Write(Convert.FromHexString(head));
        }

        ArgumentException mistake = Assert.Throws<ArgumentException>(() => new VirtioBlock("disk", new VirtioBlockOptions { Path = _disk.File }, _memory));
        Assert.Contains($"looks like a {format} image", mistake.Message, StringComparison.Ordinal);
        Start(new VirtioBlockOptions { Path = _disk.File, Format = DiskFormat.Raw });
        Assert.Equal(Ok, Request(In, 0, new DriverBuffer(Data, Sector, Write: true)));
        Assert.Equal(head, Convert.ToHexString(_memory.Bytes.Slice((int)Data, head.Length / 2)));
    }

    [Fact]
    public void Write_Completed_IsInTheFileWithoutAFlushOrAnEndOfTheDevice()
    {
        Start();
        _memory.Bytes.Slice((int)Data, Sector).Fill(0x77);
        Assert.Equal(Ok, Request(Out, 9, new DriverBuffer(Data, Sector)));

        // What a process has handed to the host's kernel outlives its SIGKILL.
        Assert.Equal(0x77, _disk.ReadByte(9 * Sector));
    }

    [Fact]
    public void Flush_IsOk()
    {
        Start();

        Assert.Equal(Ok, Request(Flush, 0));
    }

    [Theory]
    [InlineData(Discard, 0U)]
    [InlineData(WriteZeroes, 0U)]
    [InlineData(WriteZeroes, 1U)]
    public void Range_InTheMiddle_ReadsAsZerosAfterwards(uint type, uint flags)
    {
        _memory.Bytes.Slice((int)Data, 64 * 1024).Fill(0x55);
        Start();
        Assert.Equal(Ok, Request(Out, 0, new DriverBuffer(Data, 64 * 1024)));

        Assert.Equal(Ok, RangeRequest(type, 8, 16, flags));
        _device!.Dispose();
        byte[] content = _disk.Content;
        Assert.All(content[(8 * Sector)..(24 * Sector)], value => Assert.Equal(0, value));
        Assert.Equal(0x55, content[(8 * Sector) - 1]);
        Assert.Equal(0x55, content[24 * Sector]);
        Assert.Equal(DiskSize + 100, content.Length);
    }

    [Theory]
    [InlineData(Discard, 0, 0U, 0U, IoError)]
    [InlineData(Discard, 2048, 1U, 0U, IoError)]
    [InlineData(WriteZeroes, 2047, 2U, 0U, IoError)]
    [InlineData(Discard, 0, uint.MaxValue, 0U, IoError)]
    [InlineData(WriteZeroes, -1L, 1U, 0U, IoError)]
    [InlineData(Discard, 0, 1U, 1U, Unsupported)]
    [InlineData(WriteZeroes, 0, 1U, 2U, Unsupported)]
    public void Range_ThatCannotBe_IsRefused(uint type, long sector, uint sectors, uint flags, byte status)
    {
        Start();

        Assert.Equal(status, RangeRequest(type, (ulong)sector, sectors, flags));
    }

    [Theory]
    [InlineData(SecureErase)]
    [InlineData(77U)]
    public void Request_OfUnknownType_IsUnsupported(uint type)
    {
        Start();

        Assert.Equal(Unsupported, Request(type, 0));
    }

    [Fact]
    public void ReadOnlyDisk_Writes_AreRefused()
    {
        File.SetUnixFileMode(_disk.Path, UnixFileMode.UserRead);
        Start(new VirtioBlockOptions { Path = _disk.File, ReadOnly = true });

        Assert.NotEqual(0UL, _driver!.OfferedFeatures & (1 << 5));
        Assert.Equal(0UL, _driver.OfferedFeatures & ((1 << 13) | (1 << 14)));
        Assert.Equal(IoError, Request(Out, 0, new DriverBuffer(Data, Sector)));
        Assert.Equal(IoError, RangeRequest(Discard, 0, 1, 0));
        Assert.Equal(Ok, Request(In, 0, new DriverBuffer(Data, Sector, Write: true)));
        Assert.Equal(Ok, Request(Flush, 0));
    }

    [Theory]
    [InlineData(15, true)] // no whole header
    [InlineData(16, false)] // no room for a status
    public void Request_WithoutHeaderOrStatus_NeedsReset(uint header, bool status)
    {
        Start();
        _queue!.Add(status ? [new(Header, header), new(Status, 1, Write: true)] : [new(Header, header)]);
        _driver!.Kick(0);
        _driver.WaitForNeedsReset();

        Assert.Equal(QueueFault.BadRequest, _device!.LastFault);
    }

    [Fact]
    public void Queues_Several_ServeTheSameDisk()
    {
        VirtioDriver driver = Create(new VirtioBlockOptions { Path = _disk.File, Queues = 2 });
        Assert.True(driver.Negotiate(VirtioDriver.Version1));
        DriverQueue[] queues = [driver.SetUpQueue(0, 16, 0), driver.SetUpQueue(1, 16, 0)];
        driver.Go();
        for (int i = 0; i < 2; i++)
        {
            WriteHeader(In, 0);
            ushort id = queues[i].Add(new(Header, 16), new(Data, Sector, Write: true), new(Status, 1, Write: true));
            driver.Kick(i);
            Assert.Equal(Sector + 1U, driver.Wait(queues[i], id));
            Assert.True(SpinWait.SpinUntil(() => driver.Interrupts(i + 1) == 1, 10_000));
        }
    }

    [Theory]
    [InlineData("", 1, 256, "", "path")]
    [InlineData("/nowhere/disk", 1, 256, "", "/nowhere/disk")]
    [InlineData("/", 1, 256, "", "path")]
    [InlineData("*", 0, 256, "", "queues")]
    [InlineData("*", 1, 100, "", "queueSize")]
    [InlineData("*", 1, 256, "a serial number that is too long", "serial")]
    public void Options_ThatCannotBe_AreNamed(string path, int queues, int queueSize, string serial, string named)
    {
        VirtioBlockOptions options = new() { Path = path switch { "*" => _disk.File, "" => null, _ => new FileInfo(path) }, Queues = (ushort)queues, QueueSize = (ushort)queueSize, Serial = serial };

        Assert.Contains(named, Assert.Throws<ArgumentException>(() => new VirtioBlock("disk", options, _memory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disk_InUseByAnotherMachine_IsRefused()
    {
        Create(new VirtioBlockOptions { Path = _disk.File });

        Assert.Throws<ArgumentException>(() => new VirtioBlock("other", new VirtioBlockOptions { Path = _disk.File }, _memory));
    }

    private VirtioDriver Create(VirtioBlockOptions options) => _driver = new VirtioDriver(_device = new VirtioBlock("disk", options, _memory), _memory);

    private void Start(VirtioBlockOptions? options = null)
    {
        VirtioDriver driver = Create(options ?? new VirtioBlockOptions { Path = _disk.File });
        _queue = driver.Start(VirtioDriver.EventIndex, size: 128);
    }

    private void WriteHeader(uint type, ulong sector)
    {
        _memory.Write32(Header, type);
        _memory.Write64(Header + 8, sector);
        _memory.Bytes[(int)Status] = NotWritten;
    }

    private byte Request(uint type, ulong sector, params DriverBuffer[] data)
    {
        WriteHeader(type, sector);
        _driver!.Transfer(_queue!, [new(Header, 16), .. data, new(Status, 1, Write: true)]);
        return _memory.Bytes[(int)Status];
    }

    private byte RangeRequest(uint type, ulong sector, uint sectors, uint flags)
    {
        _memory.Write64(Data, sector);
        _memory.Write32(Data + 8, sectors);
        _memory.Write32(Data + 12, flags);
        return Request(type, 0, new DriverBuffer(Data, 16));
    }
}
