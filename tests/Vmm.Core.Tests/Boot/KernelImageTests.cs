using System.Text;
using Vmm.Core.Boot;
using Vmm.Core.Boot.Images;

namespace Vmm.Core.Tests.Boot;

public sealed class KernelImageTests
{
    [Fact]
    public void Open_MissingFile_SaysSo() => Expect(BootError.FileMissing, () => KernelImage.Open(Path.Combine(Path.GetTempPath(), "no-such-directory", "vmlinuz")));

    [Fact]
    public void Open_Directory_IsUnreadable() => Expect(BootError.FileUnreadable, () => KernelImage.Open(Path.GetTempPath()));

    [Fact]
    public void Open_NoPath_IsUnreadable() => Expect(BootError.FileUnreadable, () => KernelImage.Open(""));

    [Fact]
    public void Open_File_ReadsTheSameAsMemory()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, TestElf.Small());
            using KernelImage image = KernelImage.Open(path);
            using BootTestMachine machine = new();

            LoadedKernel kernel = image.Load(machine.Memory, machine.Layout, KernelLoadMode.Unpack);

            Assert.Equal(0x20_0000u, kernel.Entry);
            Assert.Equal(TestElf.Pattern(5000), machine.Bytes(kernel.Entry, 5000));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Open_Arm64Image_IsNamed()
    {
        byte[] image = new byte[4096];
        "ARM\x64"u8.CopyTo(image.AsSpan(56));
        Assert.Contains("aarch64", Expect(BootError.WrongArchitecture, () => BootTestMachine.Open(image)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xAA64, BootError.WrongArchitecture, "aarch64")]
    [InlineData(0x8664, BootError.NotAKernel, "EFI")]
    public void Open_Pe_IsNamed(int machine, BootError error, string name)
    {
        byte[] image = new byte[512];
        "MZ"u8.CopyTo(image);
        TestElf.U32(image, 0x3C, 0x80);
        "PE"u8.CopyTo(image.AsSpan(0x80));
        TestElf.U16(image, 0x84, (ushort)machine);
        Assert.Contains(name, Expect(error, () => BootTestMachine.Open(image)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("#!/bin/sh", "neither")]
    [InlineData("!<arch>\n", "archive")]
    [InlineData("MZ", "EFI")]
    public void Open_OtherFile_IsNoKernel(string content, string hint) =>
        Assert.Contains(hint, Expect(BootError.NotAKernel, () => BootTestMachine.Open(Encoding.ASCII.GetBytes(content))), StringComparison.Ordinal);

    private static string Expect(BootError error, Action action)
    {
        BootException exception = Assert.Throws<BootException>(action);
        Assert.Equal(error, exception.Error);
        Assert.DoesNotContain('\n', exception.Message);
        return exception.Message;
    }
}
