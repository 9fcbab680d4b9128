using System.Globalization;
using System.Text;

namespace Grpc.Wire;

/// <summary>How <c>grpc-message</c> travels: printable ASCII as it is, the other bytes of UTF-8 as %XX.</summary>
internal static class PercentEncoding
{
    private const int CodeLength = 3;

    internal static string Encode(string text)
    {
        StringBuilder encoded = new(text.Length);
        foreach (byte each in Encoding.UTF8.GetBytes(text))
        {
            if (each is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                encoded.Append((char)each);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{each:X2}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>Never fails: what is no code stays as it is.</summary>
    internal static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        List<byte> decoded = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + CodeLength <= text.Length &&
                byte.TryParse(text.AsSpan(i + 1, CodeLength - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte code))
            {
                decoded.Add(code);
                i += CodeLength - 1;
            }
            else
            {
                decoded.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        }

        return Encoding.UTF8.GetString([.. decoded]);
    }
}
