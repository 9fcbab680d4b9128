using System.Buffers;
using System.Runtime.InteropServices;

namespace Vmm.Tdx.Attestation;

/// <summary>One field of a <see cref="TdIdentity"/>, for printing, reading and comparing it.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Title">Its name in the specification.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record TdIdentityField(string Name, string Title, int Offset, int Size)
{
    private const string NumberPrefix = "0x";

    /// <summary>All fields in order.</summary>
    public static IReadOnlyList<TdIdentityField> All { get; } =
    [
        Of("attributes", "ATTRIBUTES", nameof(TdIdentity.Attributes), sizeof(ulong)),
        Of("xfam", "XFAM", nameof(TdIdentity.Xfam), sizeof(ulong)),
        Of("mrTd", "MRTD", nameof(TdIdentity.MrTd)),
        Of("mrConfigId", "MRCONFIGID", nameof(TdIdentity.MrConfigId)),
        Of("mrOwner", "MROWNER", nameof(TdIdentity.MrOwner)),
        Of("mrOwnerConfig", "MROWNERCONFIG", nameof(TdIdentity.MrOwnerConfig)),
        .. Enumerable.Range(0, Abi.Rtmrs.Count).Select(Rtmr),
    ];

    private static int RegisterSize => System.Security.Cryptography.SHA384.HashSizeInBytes;

    private bool IsNumber => Size == sizeof(ulong);

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Bytes(in TdIdentity identity) => MemoryMarshal.AsBytes(new ReadOnlySpan<TdIdentity>(in identity)).Slice(Offset, Size);

    /// <summary>Its value: a number with 0x before it, or bytes in hexadecimal.</summary>
    public string Text(in TdIdentity identity) => IsNumber
        ? $"{NumberPrefix}{MemoryMarshal.Read<ulong>(Bytes(in identity)):x16}"
        : Convert.ToHexStringLower(Bytes(in identity));

    /// <summary>Reads what <see cref="Text"/> has written.</summary>
    public bool TryParse(string text, ref TdIdentity identity)
    {
        Span<byte> target = MemoryMarshal.AsBytes(new Span<TdIdentity>(ref identity)).Slice(Offset, Size);
        ReadOnlySpan<char> digits = text;
        if (IsNumber)
        {
            if (!digits.StartsWith(NumberPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            digits = digits[NumberPrefix.Length..];
        }

        if (digits.Length != 2 * Size || Convert.FromHexString(digits, target, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        if (IsNumber)
        {
            // Numbers are written with their most significant digit first, and stored with their least significant byte first.
            target.Reverse();
        }

        return true;
    }

    private static TdIdentityField Of(string name, string title, string field, int? size = null) =>
        new(name, title, (int)Marshal.OffsetOf<TdIdentity>(field), size ?? RegisterSize);

    private static TdIdentityField Rtmr(int index) =>
        new($"rtmr{index}", $"RTMR{index}", (int)Marshal.OffsetOf<TdIdentity>(nameof(TdIdentity.Rtmrs)) + (index * RegisterSize), RegisterSize);
}
