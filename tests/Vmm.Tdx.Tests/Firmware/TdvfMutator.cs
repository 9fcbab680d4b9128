namespace Vmm.Tdx.Tests.Firmware;

/// <summary>Changes a few bytes of good images, most of them in the metadata: random ones, and such that are likely to matter.</summary>
internal sealed class TdvfMutator(int seed)
{
    private static readonly ulong[] Telling = [0, 1, 0xFFF, 0x1000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, ulong.MaxValue, ulong.MaxValue - 0xFFF, 1UL << 63];

    private readonly Random _random = new(seed);
    private readonly byte[][] _images = [TestTdvf.Image(guidTable: true), TestTdvf.Image(guidTable: false)];

    /// <summary>The next image; good again once it is disposed of.</summary>
    public Mutation Next()
    {
        byte[] image = _images[_random.Next(_images.Length)];
        byte[] before = image[TestTdvf.Descriptor..];
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            int at = _random.Next(TestTdvf.Descriptor, TestTdvf.Size);
            if (_random.Next(2) == 0)
            {
                image[at] = (byte)_random.Next(256);
            }
            else
            {
                byte[] value = BitConverter.GetBytes(Telling[_random.Next(Telling.Length)]);
                int field = TestTdvf.Descriptor + (_random.Next(2 + (TestTdvf.SectionCount * 4)) * sizeof(ulong));
                value.AsSpan(0, _random.Next(2) == 0 ? sizeof(uint) : sizeof(ulong)).CopyTo(image.AsSpan(field));
            }
        }

        return new Mutation(image, before);
    }

    internal readonly struct Mutation(byte[] image, byte[] before) : IDisposable
    {
        public ReadOnlyMemory<byte> Bytes => image;

        public void Dispose() => before.CopyTo(image, TestTdvf.Descriptor);
    }
}
