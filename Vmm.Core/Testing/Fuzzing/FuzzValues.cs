namespace Vmm.Core.Testing.Fuzzing;

/// <summary>Values that a hostile guest would write. Random bits seldom mean anything; single bits, small numbers and all-ones do.</summary>
internal sealed class FuzzValues(Random random)
{
    private readonly byte[] _lastRead = new byte[sizeof(ulong)];

    /// <summary>Remembers what a device answered: written back with a bit changed, it is what drivers write.</summary>
    public void Saw(ReadOnlySpan<byte> data) => data.CopyTo(_lastRead);

    public void Fill(Span<byte> data)
    {
        switch (random.Next(6))
        {
            case 0:
                random.NextBytes(data);
                break;
            case 1:
                data[0] = (byte)random.Next(0x40);
                break;
            case 2:
                data[random.Next(data.Length)] = (byte)(1 << random.Next(8));
                break;
            case 3:
                data.Fill(0xFF);
                break;
            case 4:
                _lastRead.AsSpan(0, data.Length).CopyTo(data);
                data[random.Next(data.Length)] ^= (byte)(1 << random.Next(8));
                break;
            default:
                break; // zeros
        }
    }
}
