using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot;

/// <summary>What loaders do with guest memory.</summary>
internal static class GuestMemoryExtensions
{
    // Spans are counted by an int.
    private const ulong LargestSpan = 1 << 30;

    /// <summary>Zeroes RAM of any size. Memory may be used already: a reset loads the kernel again.</summary>
    internal static void Clear(this GuestMemory memory, MemoryRange range)
    {
        for (ulong at = range.Gpa; at < range.End;)
        {
            int count = (int)Math.Min(range.End - at, LargestSpan);
            memory.GetSpan(at, count).Clear();
            at += (ulong)count;
        }
    }

    /// <summary>Writes a structure in its wire layout.</summary>
    internal static void Write<T>(this GuestMemory memory, ulong gpa, in T value)
        where T : unmanaged => memory.Write(gpa, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
}
