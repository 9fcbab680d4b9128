using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Vmm.Core.Boot.Acpi;

/// <summary>A finished ACPI table: header, body, checksum.</summary>
public sealed class AcpiTable
{
    private const uint Revision1 = 1;

    /// <summary>Builds a table.</summary>
    /// <param name="signature">Four ASCII characters, e.g. <c>MCFG</c>.</param>
    /// <param name="revision">Revision of the table's layout.</param>
    /// <param name="body">What follows the header.</param>
    /// <exception cref="ArgumentException">The signature is none.</exception>
    public AcpiTable(string signature, byte revision, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (signature.Length != 4 || !Ascii.IsValid(signature))
        {
            throw new ArgumentException($"'{signature}' is not an ACPI table signature of four ASCII characters", nameof(signature));
        }

        byte[] bytes = new byte[Unsafe.SizeOf<AcpiTableHeader>() + body.Length];
        ref AcpiTableHeader header = ref MemoryMarshal.AsRef<AcpiTableHeader>(bytes.AsSpan());
        Encoding.ASCII.GetBytes(signature, header.Signature);
        header.Length = (uint)bytes.Length;
        header.Revision = revision;
        OemId.CopyTo(header.OemId);
        "VMM     "u8.CopyTo(header.OemTableId);
        header.OemRevision = Revision1;
        "VMM "u8.CopyTo(header.CreatorId);
        header.CreatorRevision = Revision1;
        body.CopyTo(bytes.AsSpan(Unsafe.SizeOf<AcpiTableHeader>()));
        header.Checksum = ChecksumOf(bytes);
        Signature = signature;
        Bytes = bytes;
    }

    /// <summary>The signature.</summary>
    public string Signature { get; }

    /// <summary>The table as it lies in memory.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    internal static ReadOnlySpan<byte> OemId => "VMM   "u8;

    /// <summary>Builds a table whose body is one structure in its wire layout.</summary>
    internal static AcpiTable Of<T>(string signature, byte revision, in T body)
        where T : unmanaged => new(signature, revision, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in body)));

    /// <summary>The byte that makes the sum of all bytes 0, when the byte it goes to is 0 so far.</summary>
    internal static byte ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return (byte)-sum;
    }
}
