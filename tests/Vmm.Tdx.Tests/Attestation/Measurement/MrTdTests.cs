using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Boot.Images;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Tdx.Tests.Attestation.Measurement;

public sealed class MrTdTests
{
    [Fact]
    public void ExtensionBuffer_Layout_IsTheSpecifications()
    {
        Assert.Equal(128, Unsafe.SizeOf<ExtensionBuffer>());
        Assert.Equal(16, (int)Marshal.OffsetOf<ExtensionBuffer>(nameof(ExtensionBuffer.Gpa)));
    }

    [Fact]
    public void MrTd_NothingAdded_IsTheHashOfNothing() => Assert.Equal(
        "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b", Hex(MrTdHash.Of([])));

    [Fact]
    public void DirectBoot_KernelOfOneSegment_IsTheReferences()
    {
        using TestBoot boot = new([(0x20_0000, 5000)]);
        ReferenceMrTd reference = new();
        AddPages(reference, TestBoot.Pages(0x20_0000, TestBoot.Pattern(5000, 0)));
        AddWhatTheLoaderMakes(reference, boot);

        Assert.Equal(Convert.ToHexStringLower(reference.Finish()), MrTdOf(boot));
    }

    /// <summary>Two segments meet in one page, which is added once; the initrd's pages count by their addresses.</summary>
    [Fact]
    public void DirectBoot_SegmentsThatShareAPageAndAnInitrd_IsTheReferences()
    {
        using TestBoot boot = new([(0x20_0000, 0x1800), (0x20_1800, 0x900), (0x40_0000, 4096)], initrdSize: 9000);
        ReferenceMrTd reference = new();
        AddPages(reference, TestBoot.Pages(0x20_0000, [.. TestBoot.Pattern(0x1800, 0), .. TestBoot.Pattern(0x900, 1)]));
        AddPages(reference, TestBoot.Pages(0x40_0000, TestBoot.Pattern(4096, 2)));
        foreach (ulong page in new ulong[] { 0xFF_D000, 0xFF_E000, 0xFF_F000 })
        {
            reference.AddPage(page, null);
        }

        AddWhatTheLoaderMakes(reference, boot);
        Assert.Equal(Convert.ToHexStringLower(reference.Finish()), MrTdOf(boot));
    }

    /// <summary>The loader unpacks it: nothing of the bzImage itself is measured.</summary>
    [Fact]
    public void DirectBoot_BzImageUnpackedByTheLoader_IsTheReferences()
    {
        using TestBoot boot = new([(0x20_0000, 5000), (0x30_0000, 0x2345)], bzImage: KernelLoadMode.Unpack);
        ReferenceMrTd reference = new();
        AddPages(reference, TestBoot.Pages(0x20_0000, TestBoot.Pattern(5000, 0)));
        AddPages(reference, TestBoot.Pages(0x30_0000, TestBoot.Pattern(0x2345, 1)));
        AddWhatTheLoaderMakes(reference, boot);

        Assert.Equal(Convert.ToHexStringLower(reference.Finish()), MrTdOf(boot));
    }

    /// <summary>The guest unpacks it: the protected-mode part is measured as it is in the file, in one run.</summary>
    [Fact]
    public void DirectBoot_BzImageWithItsDecompressor_IsTheReferences()
    {
        using TestBoot boot = new([(0x20_0000, 50_000)], bzImage: KernelLoadMode.Decompressor);
        ReferenceMrTd reference = new();
        AddPages(reference, TestBoot.Pages(TestBoot.PreferredAddress, boot.File[TestBoot.ProtectedMode..]));
        AddWhatTheLoaderMakes(reference, boot);

        Assert.Equal(Convert.ToHexStringLower(reference.Finish()), MrTdOf(boot));
    }

    [Fact]
    public void DirectBoot_SectionsTaken_LaterChangesOfMemoryDoNotCount()
    {
        using TestBoot boot = new([(0x20_0000, 5000)]);
        IReadOnlyList<LaunchSection> sections = LaunchSections.Of(boot.Kernel, boot.Memory);
        string before = Hex(MrTdHash.Of(sections));
        boot.Memory.GetSpan(0x20_0000, 4).Fill(0xCC);

        Assert.Equal(before, Hex(MrTdHash.Of(sections)));
        Assert.NotEqual(before, Hex(MrTdHash.Of(LaunchSections.Of(boot.Kernel, boot.Memory))));
    }

    [Fact]
    public void DirectBoot_CommandLineAndMemorySizeWithoutInitrd_LeaveMrTdAlone()
    {
        using TestBoot boot = new([(0x20_0000, 5000)]);
        using TestBoot other = new([(0x20_0000, 5000)], commandLine: "quiet", memory: 32 << 20);

        Assert.Equal(Hex(MrTdHash.Of(LaunchSections.Of(boot.Kernel, boot.Memory))), Hex(MrTdHash.Of(LaunchSections.Of(other.Kernel, other.Memory))));
    }

    [Fact]
    public void Order_OfSections_Counts()
    {
        LaunchSection a = new("a", new MemoryRange(0, 4096), default);
        LaunchSection b = new("b", new MemoryRange(4096, 4096), default);

        Assert.NotEqual(Hex(MrTdHash.Of([a, b])), Hex(MrTdHash.Of([b, a])));
    }

    [Fact]
    public void LaunchEventLog_Area_IsNeitherAddedNorMeasured()
    {
        using TestBoot boot = new([(0x20_0000, 5000)]);

        Assert.DoesNotContain(LaunchSections.Of(boot.Kernel, boot.Memory), section => section.Range.Contains(MemoryLayout.EventLog.Gpa, 1));
    }

    private static string MrTdOf(TestBoot boot) => Hex(MrTdHash.Of(LaunchSections.Of(boot.Kernel, boot.Memory)));

    private static void AddPages(ReferenceMrTd reference, IEnumerable<(ulong Gpa, byte[] Content)> pages)
    {
        foreach ((ulong gpa, byte[] content) in pages)
        {
            reference.AddPage(gpa, content);
        }
    }

    /// <summary>By address only: command line, boot_params, ACPI tables. With content: page tables and the reset vector.</summary>
    private static void AddWhatTheLoaderMakes(ReferenceMrTd reference, TestBoot boot)
    {
        foreach (ulong page in new ulong[] { 0x2_0000, 0x7000, 0xE_0000 })
        {
            reference.AddPage(page, null);
        }

        for (ulong page = 0xF_0000; page < 0xF_7000; page += 4096)
        {
            reference.AddPage(page, boot.Page(page));
        }

        reference.AddPage(0xF_F000, boot.Page(0xF_F000));
    }

    internal static string Hex(Bytes48 register) => Convert.ToHexStringLower(register);
}
