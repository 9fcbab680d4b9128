using System.Text;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Makes a guest's bytes fit for logs and terminals.</summary>
internal static class FatalErrorText
{
    private const int MaxBytes = 1024;

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
