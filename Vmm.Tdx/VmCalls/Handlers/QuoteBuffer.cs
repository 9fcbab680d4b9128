using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>The shared buffer of one GetQuote. Its pages are looked up anew for every access: the guest may have converted them meanwhile.</summary>
internal readonly record struct QuoteBuffer(IDeviceMemory Memory, ulong Gpa, int Length)
{
    internal static int HeaderSize => Unsafe.SizeOf<QuoteBufferHeader>();

    /// <summary>The input, if the header is valid. Each of its fields is read once: the guest can write meanwhile.</summary>
    internal bool TryGetInput(out ReadOnlySpan<byte> input)
    {
        input = default;
        if (!Memory.TryGetSpan(Gpa, Length, out Span<byte> bytes))
        {
            return false;
        }

        QuoteBufferHeader header = MemoryMarshal.Read<QuoteBufferHeader>(bytes);
        if (header.Version != QuoteBufferHeader.CurrentVersion || header.InputLength > (uint)(Length - HeaderSize))
        {
            return false;
        }

        input = bytes.Slice(HeaderSize, (int)header.InputLength);
        return true;
    }

    /// <summary>Tells the guest how far the request is; a quote that does not fit is an error.</summary>
    /// <remarks>Does nothing when the pages are shared no more: the guest broke the protocol and gets nothing.</remarks>
    internal void Publish(QuoteStatus status, ReadOnlySpan<byte> quote = default)
    {
        if (!Memory.TryGetSpan(Gpa, Length, out Span<byte> bytes))
        {
            return;
        }

        if (!quote.TryCopyTo(bytes[HeaderSize..]))
        {
            status = QuoteStatus.Error;
            quote = default;
        }

        ref QuoteBufferHeader header = ref MemoryMarshal.AsRef<QuoteBufferHeader>(bytes);
        header.OutputLength = (uint)quote.Length;

        // The status hands the buffer back to the guest: everything else must be there before it.
        Interlocked.Exchange(ref header.Status, status);
    }
}
