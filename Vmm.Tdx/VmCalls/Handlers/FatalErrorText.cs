using System.Buffers.Binary;
using System.Text;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Makes a guest's bytes fit for logs and terminals.</summary>
internal static class FatalErrorText
{
    private const int MaxBytes = 1024;
    private const int MessageRegisters = 8;
    private const ulong PageValid = 1UL << 63;

    /// <summary>Whether the text of a ReportFatalError is in the page that R13 points to.</summary>
    internal static bool IsInPage(in VmCallRegisters call) => (call.R12 & PageValid) != 0;

    /// <summary>Decodes the text that a ReportFatalError carries in its registers.</summary>
    internal static string FromRegisters(in VmCallRegisters call)
    {
        ReadOnlySpan<ulong> words = [call.R14, call.R15, call.Rbx, call.Rdi, call.Rsi, call.R8, call.R9, call.Rdx];
        Span<byte> bytes = stackalloc byte[MessageRegisters * sizeof(ulong)];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * sizeof(ulong))..], words[i]);
        }

        return Decode(bytes);
    }

    /// <summary>Decodes zero-terminated ASCII; what is not printable becomes <c>\xNN</c>.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxBytes)];
        int end = bytes.IndexOf((byte)0);
        if (end >= 0)
        {
            bytes = bytes[..end];
        }

        StringBuilder text = new(bytes.Length);
        foreach (byte character in bytes)
        {
            if (character is >= (byte)' ' and <= (byte)'~' and not (byte)'\\')
            {
                text.Append((char)character);
            }
            else
            {
                text.Append($"\\x{character:x2}");
            }
        }

        return text.ToString();
    }
}
