using System.Buffers.Binary;
using System.Security.Cryptography;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation;

/// <summary>
/// The platform that an emulated TD runs on: what a report says of processor and TDX module, and the key by which the platform knows its own
/// reports.
/// </summary>
/// <remarks>
/// Nothing here can be taken for a real platform: every identity is ASCII text that says so, readable in any hex dump. No verifier accepts it
/// unless it was told to, as no real module has these measurements.
/// <list type="table">
/// <item><term>CPUSVN</term><description><c>EMULATED CPU SVN</c></description></item>
/// <item><term>TEE_TCB_SVN, TEE_TCB_SVN2</term><description><c>EMULATED-NOT-TDX</c></description></item>
/// <item><term>MRSEAM</term><description><c>VMM EMULATED TDX MODULE - NO CONFIDENTIALITY</c>, then zeros</description></item>
/// <item><term>MRSIGNERSEAM</term><description><c>VMM EMULATED TDX MODULE - NOT SIGNED BY INTEL</c>, then zeros; all zeros would mean Intel</description></item>
/// <item><term>SEAM attributes</term><description><c>EMULATED</c>; a production module has zeros</description></item>
/// </list>
/// </remarks>
public sealed class EmulatedPlatform
{
    /// <summary>Size of the key in bytes.</summary>
    public const int KeySize = HMACSHA256.HashSizeInBytes;

    /// <summary>Security version of the processor.</summary>
    public readonly Bytes16 CpuSvn;

    /// <summary>Identity of the module.</summary>
    public readonly TeeTcbInfo TcbInfo;

    private readonly Lazy<byte[]> _key;

    /// <summary>A platform with a key of its own, gone with the process. It is made for the first report: most guests ask for none.</summary>
    public EmulatedPlatform()
        : this(new Lazy<byte[]>(() => RandomNumberGenerator.GetBytes(KeySize)))
    {
    }

    /// <summary>The platform of a given key: its reports are good for all who have it.</summary>
    /// <param name="key">The key, <see cref="KeySize"/> bytes.</param>
    public EmulatedPlatform(ReadOnlySpan<byte> key)
        : this(new Lazy<byte[]>(key.ToArray()))
    {
        if (key.Length != KeySize)
        {
            throw new ArgumentException($"the platform's key has {key.Length} bytes, not {KeySize}", nameof(key));
        }
    }

    private EmulatedPlatform(Lazy<byte[]> key)
    {
        _key = key;
        "EMULATED-NOT-TDX"u8.CopyTo(TcbInfo.TeeTcbSvn);
        "EMULATED-NOT-TDX"u8.CopyTo(TcbInfo.TeeTcbSvn2);
        "VMM EMULATED TDX MODULE - NO CONFIDENTIALITY"u8.CopyTo(TcbInfo.MrSeam);
        "VMM EMULATED TDX MODULE - NOT SIGNED BY INTEL"u8.CopyTo(TcbInfo.MrSignerSeam);
        TcbInfo.Attributes = BinaryPrimitives.ReadUInt64LittleEndian("EMULATED"u8);
        TcbInfo.Valid = TeeTcbInfo.ValidTdx15;
        "EMULATED CPU SVN"u8.CopyTo(CpuSvn);
    }

    /// <summary>Makes the MAC of a report.</summary>
    /// <param name="data">What it covers.</param>
    /// <param name="mac">Where it goes.</param>
    public void Authenticate(ReadOnlySpan<byte> data, Span<byte> mac) => HMACSHA256.HashData(_key.Value, data, mac);
}
