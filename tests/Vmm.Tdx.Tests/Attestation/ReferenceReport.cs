using System.Security.Cryptography;
using System.Text;
using Vmm.Tdx.Attestation;

namespace Vmm.Tdx.Tests.Attestation;

/// <summary>A second implementation of what makes a TDREPORT whole, by offsets and by the definition of HMAC.</summary>
internal static class ReferenceReport
{
    public static void AssertIntegrity(byte[] report, EmulatedPlatform platform)
    {
        Assert.Equal(1024, report.Length);
        Assert.Equal([0x81, 0, 0, 0], report[..4]);
        Assert.Equal(new byte[12], report[4..16]);
        Assert.Equal(SHA384.HashData(report[256..(256 + 239)]), report[32..80]);
        Assert.Equal(SHA384.HashData(report[512..1024]), report[80..128]);
        Assert.Equal(new byte[32], report[192..224]);
        Assert.Equal(new byte[17], report[495..512]);

        // The key does not leave the platform: its own MAC function over the bytes is the oracle here, HMAC itself is tested apart.
        byte[] mac = new byte[32];
        platform.Authenticate(report.AsSpan(0, 224), mac);
        Assert.Equal(mac, report[224..256]);
    }

    /// <summary>HMAC-SHA256 as RFC 2104 writes it.</summary>
    public static byte[] Hmac(byte[] key, byte[] data)
    {
        byte[] block = [.. key, .. new byte[64 - key.Length]];
        byte[] inner = SHA256.HashData([.. block.Select(b => (byte)(b ^ 0x36)), .. data]);
        return SHA256.HashData([.. block.Select(b => (byte)(b ^ 0x5C)), .. inner]);
    }

    public static string Text(byte[] bytes) => Encoding.ASCII.GetString(bytes).TrimEnd('\0');
}
