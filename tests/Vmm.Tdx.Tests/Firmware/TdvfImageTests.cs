using System.Buffers.Binary;
using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Firmware;
using Vmm.Tdx.Tests.Attestation.Measurement;

namespace Vmm.Tdx.Tests.Firmware;

public sealed class TdvfImageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MrTd_OfAnImage_IsTheReferences(bool guidTable)
    {
        byte[] image = TestTdvf.Image(guidTable);
        ReferenceMrTd reference = new();
        for (int page = 0x4000; page < TestTdvf.Size; page += 4096)
        {
            reference.AddPage(TestTdvf.Base + (ulong)page, image[page..(page + 4096)]);
        }

        foreach (ulong page in new ulong[] { TestTdvf.Base, TestTdvf.Base + 0x1000, TestTdvf.Base + 0x2000, TestTdvf.Base + 0x3000, 0x80_9000, 0x80_0000, 0x80_1000 })
        {
            reference.AddPage(page, null);
        }

        byte[] payload = [.. image[0x4000..0x5000], .. new byte[4096]];
        reference.AddPage(0x100_0000, payload[..4096]);
        reference.AddPage(0x100_1000, payload[4096..]);

        Assert.Equal(Convert.ToHexStringLower(reference.Finish()), MrTdTests.Hex(MrTdHash.Of(TdvfImage.Parse(image).ToLaunch())));
    }

    [Fact]
    public void Parse_NoMetadata_IsItsOwnError()
    {
        Assert.Throws<TdvfException>(() => TdvfImage.Parse(Array.Empty<byte>()));
        Assert.Throws<TdvfException>(() => TdvfImage.Parse(new byte[TestTdvf.Size]));
    }

    [Fact]
    public void Parse_SectionsThatOverlap_IsItsOwnError()
    {
        byte[] image = TestTdvf.Image(guidTable: false);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(TestTdvf.Descriptor + 16 + (3 * 32) + 8), TestTdvf.Base);

        Assert.Contains("overlap", Assert.Throws<TdvfException>(() => TdvfImage.Parse(image)).Message, StringComparison.Ordinal);
    }

    /// <summary>VMM_TDVF_FUZZ sets the number of images; a release is to have seen 200,000.</summary>
    [Fact]
    public void Parse_MutatedImages_NeverThrowsAnythingElse()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("VMM_TDVF_FUZZ"), out int asked) ? asked : 20_000;
        TdvfMutator mutator = new(seed: 5);
        int good = 0;
        for (int i = 0; i < count; i++)
        {
            using TdvfMutator.Mutation image = mutator.Next();
            try
            {
                var parsed = TdvfImage.Parse(image.Bytes);
                good++;
                Use(parsed);
            }
            catch (TdvfException)
            {
            }
        }

        // Neither all refused nor all taken: the mutations hit what matters and leave the rest.
        Assert.InRange(good, count / 20, count - (count / 20));
    }

    [Fact]
    public void Parse_TwoTdHobs_IsItsOwnError()
    {
        byte[] image = TestTdvf.Image(guidTable: true);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(TestTdvf.Descriptor + 16 + (3 * 32) + 24), 2);

        Assert.Contains("TD HOB", Assert.Throws<TdvfException>(() => TdvfImage.Parse(image)).Message, StringComparison.Ordinal);
    }

    // What a launch does with an image, but for the contents, which may be a gigabyte.
    private static void Use(TdvfImage image)
    {
        MemoryRange[] ram = [new(0, 64 << 20)];
        if (image.Sections.Where(section => section.IsAdded).Sum(section => (double)section.MemoryDataSize) <= 64 << 20)
        {
            image.ToLaunch();
            MemoryRange firmware = TdvfBoot.FirmwareRange(image, ram);
            using GuestMemory memory = GuestMemory.CreateOrdinary(ram[0], firmware);
            TdvfBoot.Load(memory, image, ram, new TdvfHandOver(new byte[100], "quiet", []));
        }
    }
}
