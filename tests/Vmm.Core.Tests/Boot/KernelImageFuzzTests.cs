using Vmm.Core.Boot;
using Vmm.Core.Boot.Images;

namespace Vmm.Core.Tests.Boot;

/// <summary>Whatever the file holds, loading ends in a kernel inside of RAM or in a <see cref="BootException"/>.</summary>
public sealed class KernelImageFuzzTests
{
    private const int Mutations = 4_000;

    private static readonly ulong[] Interesting =
        [0, 1, 0x7F, 0xFF, 0x1000, 0xFFFF, 0x10_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, long.MaxValue, ulong.MaxValue - 0xFFF, ulong.MaxValue];

    public static TheoryData<int, string> Seeds => new()
    {
        { 1, "elf" }, { 2, "gzip" }, { 3, "zstd" }, { 4, "lz4" }, { 5, "xz" }, { 6, "random" },
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Load_MutatedImage_NeverFailsOtherwise(int seed, string kind)
    {
        Random random = new(seed);
        using BootTestMachine machine = new(4 * BootTestMachine.MiB);
        byte[] vmlinux = new TestElf().Segment(0x20_0000, TestElf.Pattern(600), 2000).Segment(0x30_0000, TestElf.Pattern(50)).Build();
        byte[] original = kind switch
        {
            "elf" or "random" => vmlinux,
            "gzip" => new TestBzImage { Payload = TestPayloads.Gzip(vmlinux) }.Build(),
            "zstd" => new TestBzImage { Payload = TestPayloads.Zstd(vmlinux) }.Build(),
            "lz4" => new TestBzImage { Payload = TestPayloads.Lz4(vmlinux) }.Build(),
            _ => new TestBzImage { Payload = TestPayloads.Xz(vmlinux) }.Build(),
        };

        for (int i = 0; i < Mutations; i++)
        {
            byte[] image = kind == "random" ? RandomBytes(random) : Mutate(random, original);
            KernelLoadMode mode = random.Next(4) == 0 ? KernelLoadMode.Decompressor : KernelLoadMode.Unpack;
            try
            {
                BootedKernel kernel = machine.Boot(image, new LinuxBootOptions { Kernel = "kernel", Mode = mode });
                Assert.All(kernel.Loaded, loaded => Assert.True(machine.Memory.IsRam(loaded.Range.Gpa, loaded.Range.Size)));
                Assert.True(machine.Memory.IsRam(kernel.BootProcessor.Rip, 1));
            }
            catch (BootException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        byte[] image = new byte[random.Next(2048)];
        random.NextBytes(image);
        if (image.Length > 8 && random.Next(2) == 0)
        {
            new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(image, 0);
        }

        return image;
    }

    private static byte[] Mutate(Random random, byte[] original)
    {
        byte[] image = [.. original];
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            // Headers decide; most of the damage goes there.
            int at = random.Next(4) switch
            {
                0 => random.Next(image.Length),
                1 => random.Next(Math.Min(image.Length, TestElf.HeaderSize + (2 * TestElf.ProgramHeaderSize))),
                2 => 0x1F1 + random.Next(0x7B),
                _ => Math.Min(image.Length - 1, TestBzImage.ProtectedMode + TestBzImage.PayloadOffset + random.Next(40)),
            };
            at = Math.Min(at, image.Length - 8);
            switch (random.Next(4))
            {
                case 0: image[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: image[at] = (byte)random.Next(256); break;
                case 2: TestElf.U64(image, at, Interesting[random.Next(Interesting.Length)]); break;
                default: TestElf.U32(image, at, (uint)Interesting[random.Next(Interesting.Length)]); break;
            }
        }

        return random.Next(8) == 0 ? image[..random.Next(image.Length)] : image;
    }
}
