using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Vmm.Devices.Virtio.Net;

/// <summary>An Ethernet address.</summary>
[InlineArray(Length)]
internal struct MacAddress
{
    /// <summary>Number of its bytes.</summary>
    public const int Length = 6;

    private const byte Group = 1 << 0;
    private const byte LocallyAdministered = 1 << 1;

    private byte _element;

    /// <summary>Whether it can be the address of a card: it is not that of a group, and not zero.</summary>
    public readonly bool IsOfOne => (this[0] & Group) == 0 && ((ReadOnlySpan<byte>)this).ContainsAnyExcept((byte)0);

    /// <summary>Reads six pairs of hexadecimal digits with colons or hyphens between.</summary>
    public static bool TryParse(string text, out MacAddress address)
    {
        address = default;
        string[] parts = text.Split(':', '-');
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts.Length != Length || parts[i].Length != 2 || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An address for something that has a name, always the same for the same name; of those that are free for such use (IEEE 802c).</summary>
    public static MacAddress Of(string name)
    {
        MacAddress address = MemoryMarshal.Read<MacAddress>(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        address[0] = (byte)((address[0] | LocallyAdministered) & ~Group);
        return address;
    }
}
