using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Quotes;

/// <summary>One field of what a quote says of a TD, by the names that inspection, policies and measurement logs use.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Title">Its name in the specification.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Text">Its value in hexadecimal; null where the quote is too old to have it.</param>
public sealed record QuoteField(string Name, string Title, int Size, Func<Quote, string?> Text)
{
    // What every report of an emulated platform has in MRSEAM.
    private const string EmulatedModule = "VMM EMULATED TDX MODULE";

    private static readonly int Svn = Unsafe.SizeOf<Bytes16>();
    private static readonly int Register = Unsafe.SizeOf<Bytes48>();
    private static readonly int Data = Unsafe.SizeOf<Bytes64>();

    /// <summary>All fields in the order of the quote.</summary>
    public static IReadOnlyList<QuoteField> All { get; } =
    [
        new("teeTcbSvn", "TEE_TCB_SVN", Svn, quote => Hex(quote.Body.TeeTcbSvn)),
        new("mrSeam", "MRSEAM", Register, quote => Hex(quote.Body.MrSeam)),
        new("mrSignerSeam", "MRSIGNERSEAM", Register, quote => Hex(quote.Body.MrSignerSeam)),
        new("seamAttributes", "SEAM attributes", sizeof(ulong), quote => $"0x{quote.Body.SeamAttributes:x16}"),
        .. TdIdentityField.All.Select(field => new QuoteField(field.Name, field.Title, field.Size, quote => field.Text(quote.Body.Td))),
        new("reportData", "REPORTDATA", Data, quote => Hex(quote.Body.ReportData)),
        new("teeTcbSvn2", "TEE_TCB_SVN2", Svn, quote => quote.Body15 is { } body ? Hex(body.TeeTcbSvn2) : null),
        new("mrServiceTd", "MRSERVICETD", Register, quote => quote.Body15 is { } body ? Hex(body.MrServiceTd) : null),
    ];

    /// <summary>Whether the value is a number, written with 0x before it.</summary>
    public bool IsNumber => Size == sizeof(ulong);

    /// <summary>Whether a quote says itself that it is of an emulated TD.</summary>
    public static bool IsEmulated(Quote quote)
    {
        Bytes48 module = quote.Body.MrSeam;
        return ((ReadOnlySpan<byte>)module).StartsWith(Encoding.ASCII.GetBytes(EmulatedModule));
    }

    private static string Hex<T>(T bytes)
        where T : unmanaged => Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in bytes)));
}
