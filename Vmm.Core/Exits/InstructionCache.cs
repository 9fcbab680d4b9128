namespace Vmm.Core.Exits;

/// <summary>
/// Instructions that were decoded before. A kernel reaches its devices by a handful of them, so that the accesses of a busy driver cost neither decoding
/// nor garbage. What is kept counts only for the very bytes that it was made of. Any thread.
/// </summary>
internal sealed class InstructionCache
{
    private const int Slots = 64; // whatever the guest does

    private readonly DecodedInstruction?[] _known = new DecodedInstruction?[Slots];

    /// <summary>Gets the instruction at the start of some code.</summary>
    /// <param name="code">Code bytes, as many as there are, up to those of the longest instruction.</param>
    /// <param name="rip">Their address.</param>
    /// <param name="bits">Width of the code: 64, 32 or 16.</param>
    /// <returns>Null when the bytes are no instruction.</returns>
    public DecodedInstruction? Get(ReadOnlySpan<byte> code, ulong rip, int bits)
    {
        ref DecodedInstruction? slot = ref _known[rip % Slots];
        DecodedInstruction? known = Volatile.Read(ref slot);
        if (known is null || !known.Is(code, rip, bits))
        {
            known = DecodedInstruction.Decode(code, rip, bits);
            if (known is not null)
            {
                Volatile.Write(ref slot, known);
            }
        }

        return known;
    }
}
