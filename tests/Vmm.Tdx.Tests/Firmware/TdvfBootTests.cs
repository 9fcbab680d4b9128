using System.Buffers.Binary;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Memory;
using Vmm.Tdx.Firmware;
using Vmm.Tdx.Hardware.Launch;

namespace Vmm.Tdx.Tests.Firmware;

/// <summary>What firmware finds in memory when it starts: UEFI PI 1.8, volume 3, and the TDVF design guide.</summary>
public sealed class TdvfBootTests : IDisposable
{
    private const ulong HobAddress = 0x80_9000;
    private const ulong PayloadAddress = 0x100_0000;

    private static readonly MemoryRange[] Ram = [new(0, 64 << 20)];
    private static readonly AcpiTable Table = new("TEST", 1, [1, 2, 3, 4, 5]);

    private readonly byte[] _bytes = TestTdvf.Image(guidTable: true);
    private readonly TdvfImage _image;
    private readonly GuestMemory _memory;
    private readonly TdxImage _launch;

    public TdvfBootTests()
    {
        _image = TdvfImage.Parse(_bytes);
        _memory = GuestMemory.CreateOrdinary(Ram[0], TdvfBoot.FirmwareRange(_image, Ram));
        _launch = TdvfBoot.Load(_memory, _image, Ram, new TdvfHandOver(null, "quiet", [Table]));
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Sections_AreAddedInTheOrderOfTheMetadata_MeasuredAsItSays()
    {
        Assert.Equal(
            [("Bfv", true), ("Cfv", false), ("TdHob", false), ("TempMem", false), ("Payload", true)],
            _launch.Sections.Select(section => (section.Name, section.IsMeasured)));
        Assert.Equal(HobAddress, _launch.InitialRcx);
        Assert.Equal(new MemoryRange(TestTdvf.Base, TestTdvf.Size), TdvfBoot.FirmwareRange(_image, Ram));
    }

    [Fact]
    public void Contents_LieWhereTheMetadataSays()
    {
        Assert.Equal(_bytes[0x4000..], _memory.GetSpan(TestTdvf.Base + 0x4000, TestTdvf.Size - 0x4000).ToArray());
        Assert.Equal(_bytes[..0x4000], _memory.GetSpan(TestTdvf.Base, 0x4000).ToArray());
        Assert.Equal(_bytes[0x4000..0x5000], _memory.GetSpan(PayloadAddress, 0x1000).ToArray());
        Assert.False(_memory.GetSpan(PayloadAddress + 0x1000, 0x1000).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void HobList_BeginsWithHandOffAndEndsWhereItSays()
    {
        List<(int Type, byte[] Hob)> hobs = Hobs(out ulong end);

        Assert.Equal((1, 56), (hobs[0].Type, hobs[0].Hob.Length));
        Assert.Equal(9u, BinaryPrimitives.ReadUInt32LittleEndian(hobs[0].Hob.AsSpan(8)));
        Assert.Equal(end, BinaryPrimitives.ReadUInt64LittleEndian(hobs[0].Hob.AsSpan(48)));
        Assert.Equal(0xFFFF, hobs[^1].Type);
        Assert.All(hobs, hob => Assert.Equal(0, hob.Hob.Length % 8));
    }

    [Fact]
    public void HobList_RamIsAddedOrUnaccepted_WithoutGapOrOverlap()
    {
        List<(ulong Start, ulong Length, uint Type, uint Attributes)> resources =
        [
            .. Hobs(out _).Where(hob => hob.Type == 3).Select(hob => (
                BinaryPrimitives.ReadUInt64LittleEndian(hob.Hob.AsSpan(32)),
                BinaryPrimitives.ReadUInt64LittleEndian(hob.Hob.AsSpan(40)),
                BinaryPrimitives.ReadUInt32LittleEndian(hob.Hob.AsSpan(24)),
                BinaryPrimitives.ReadUInt32LittleEndian(hob.Hob.AsSpan(28)))),
        ];

        ulong at = 0;
        foreach ((ulong start, ulong length, uint type, uint attributes) in resources)
        {
            Assert.Equal((at, 7u), (start, attributes));
            Assert.Equal(_launch.Sections.Any(section => section.Range == new MemoryRange(start, length)) ? 0u : 7u, type);
            at += length;
        }

        Assert.Equal(Ram[0].Size, at);
    }

    [Fact]
    public void HobList_OfAnImageWithAPayload_NamesItAndTheAcpiTables()
    {
        byte[][] extensions = [.. Hobs(out _).Where(hob => hob.Type == 4).Select(hob => hob.Hob)];

        Assert.Equal(new Guid("b96fa412-461f-4be3-8c0d-ad805a497ac0"), new Guid(extensions[0].AsSpan(8, 16)));
        Assert.Equal((1u, 0ul), (BinaryPrimitives.ReadUInt32LittleEndian(extensions[0].AsSpan(24)), BinaryPrimitives.ReadUInt64LittleEndian(extensions[0].AsSpan(32))));
        Assert.Equal(new Guid("6a0c5870-d4ed-44f4-a135-dd238b6f0c8d"), new Guid(extensions[1].AsSpan(8, 16)));
        Assert.Equal(Table.Bytes.ToArray(), extensions[1][24..(24 + Table.Bytes.Length)]);
    }

    [Fact]
    public void FirmwareRange_SectionOutsideOfRam_SaysWhich()
    {
        Assert.Contains("TdHob at 0x809000", Assert.Throws<TdvfException>(() => TdvfBoot.FirmwareRange(_image, [new(0, 4 << 20)])).Message, StringComparison.Ordinal);
    }

    /// <summary>Debian's firmware for TDs, where its package is installed or VMM_OVMF_TDX names the file.</summary>
    [Fact]
    public void OvmfOfDebian_HasTheSectionsOfEdk2()
    {
        string path = Environment.GetEnvironmentVariable("VMM_OVMF_TDX") ?? "/usr/share/ovmf/OVMF.inteltdx.ms.fd";
        Assert.SkipUnless(File.Exists(path), $"{path} is not there: install ovmf-inteltdx");

        var image = TdvfImage.Parse(File.ReadAllBytes(path));

        Assert.Equal(
            [TdvfSectionType.Bfv, TdvfSectionType.Cfv, TdvfSectionType.TempMem, TdvfSectionType.TempMem, TdvfSectionType.TdHob, TdvfSectionType.TempMem],
            image.Sections.Select(section => section.Type));
        Assert.Equal([true, false, false, false, false, false], image.Sections.Select(section => section.Attributes == TdvfAttributes.Extend));
        Assert.False(image.TakesPayload);
        MemoryRange firmware = TdvfBoot.FirmwareRange(image, Ram);
        Assert.Equal(1UL << 32, firmware.End);
        using GuestMemory memory = GuestMemory.CreateOrdinary(Ram[0], firmware);
        Assert.Equal(image.Sections.Single(section => section.Type == TdvfSectionType.TdHob).MemoryAddress, TdvfBoot.Load(memory, image, Ram, new TdvfHandOver(null, "", [])).InitialRcx);
    }

    private List<(int Type, byte[] Hob)> Hobs(out ulong end)
    {
        List<(int, byte[])> hobs = [];
        for (ulong at = HobAddress; ;)
        {
            int type = BinaryPrimitives.ReadUInt16LittleEndian(_memory.GetSpan(at, 2));
            int length = BinaryPrimitives.ReadUInt16LittleEndian(_memory.GetSpan(at + 2, 2));
            hobs.Add((type, _memory.GetSpan(at, length).ToArray()));
            at += (ulong)length;
            if (type == 0xFFFF)
            {
                end = at;
                return hobs;
            }
        }
    }
}
