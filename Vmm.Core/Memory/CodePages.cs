using System.Buffers.Text;
using Vmm.Core.Interop;

namespace Vmm.Core.Memory;

/// <summary>
/// The code of this process, which is mapped from files. The start of a process runs through most of it once; from then on a machine needs little of it,
/// and all the rest counts as its memory.
/// </summary>
public static class CodePages
{
    private const int LongestLine = 8 << 10; // a path of 4 KiB, and the fields before it

    /// <summary>Unmaps all pages of code. What is called again comes back from the page cache, without a disk.</summary>
    /// <returns>Size in bytes of the mappings that this was done to; 0 where the kernel does not tell what is mapped.</returns>
    public static ulong Release()
    {
        try
        {
            using FileStream maps = new("/proc/self/smaps", FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Release(maps);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // it is only about memory that the kernel could take back by itself
        }
    }

    // Without strings: thousands of lines would cost more memory than is given back.
    private static ulong Release(FileStream maps)
    {
        byte[] buffer = new byte[LongestLine];
        Mapping mapping = default;
        ulong released = 0;
        int held = 0;
        while (held < buffer.Length && maps.Read(buffer, held, buffer.Length - held) is > 0 and int read)
        {
            Span<byte> text = buffer.AsSpan(0, held + read);
            while (text.IndexOf((byte)'\n') is >= 0 and int end)
            {
                released += Take(text[..end], ref mapping);
                text = text[(end + 1)..];
            }

            text.CopyTo(buffer);
            held = text.Length;
        }

        return released;
    }

    private static ulong Take(ReadOnlySpan<byte> line, ref Mapping mapping)
    {
        if (Mapping.TryParse(line, out Mapping next))
        {
            mapping = next;
            return 0;
        }

        // Pages that are no file's any more, such as those of a debugger's breakpoints, would be lost.
        bool isFiles = mapping.IsCode && line.StartsWith("Anonymous: "u8) && line.EndsWith(" 0 kB"u8);
        return isFiles && Libc.TryDiscardFilePages(mapping.Start, mapping.Size) ? mapping.Size : 0;
    }

    /// <summary>A mapping of this process.</summary>
    private readonly record struct Mapping(ulong Start, ulong Size, bool IsCode)
    {
        // "7f0c1a000000-7f0c1a400000 r-xp 00200000 fd:00 1234     /usr/lib/…": proc_pid_maps(5). The other lines begin with a capital letter.
        internal static bool TryParse(ReadOnlySpan<byte> line, out Mapping mapping)
        {
            mapping = default;
            if (!Utf8Parser.TryParse(line, out ulong start, out int digits, 'x') || !line[digits..].StartsWith("-"u8)
                || !Utf8Parser.TryParse(line[(digits + 1)..], out ulong end, out int more, 'x'))
            {
                return false;
            }

            // Private and never to be written, and of a file.
            ReadOnlySpan<byte> rest = line[(digits + 1 + more)..];
            mapping = new Mapping(start, end - start, rest.StartsWith(" r-xp "u8) && rest.IndexOf(" /"u8) >= 0);
            return true;
        }
    }
}
