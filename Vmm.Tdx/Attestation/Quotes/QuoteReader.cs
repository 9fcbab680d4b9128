using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Tdx.Attestation.Quotes;

/// <summary>Takes a quote apart from its start, and never reads beyond its end.</summary>
/// <param name="bytes">The quote, or a part of it.</param>
internal ref struct QuoteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public T Take<T>(string what)
        where T : unmanaged => MemoryMarshal.Read<T>(Take((uint)Unsafe.SizeOf<T>(), what));

    public ReadOnlySpan<byte> Take(uint size, string what)
    {
        if (size > (uint)_rest.Length)
        {
            throw new QuoteFormatException($"the quote ends inside of the {what}: {size} bytes are announced, {_rest.Length} are left");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)size];
        _rest = _rest[(int)size..];
        return taken;
    }

    /// <summary>Refuses bytes that nothing accounts for.</summary>
    public readonly void RequireEnd(string what)
    {
        if (!_rest.IsEmpty)
        {
            throw new QuoteFormatException($"{_rest.Length} bytes are left over behind the {what}");
        }
    }
}
