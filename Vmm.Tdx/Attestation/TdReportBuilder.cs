using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation;

/// <summary>Makes the TDREPORTs of a platform, and tells them from others. Allocates nothing.</summary>
/// <param name="platform">The platform.</param>
public sealed class TdReportBuilder(EmulatedPlatform platform)
{
    /// <summary>Makes a report.</summary>
    /// <param name="info">Identity and measurements of the TD.</param>
    /// <param name="reportData">What the guest wants attested: the 64 bytes of REPORTDATA.</param>
    /// <param name="report">The report.</param>
    public void Build(in TdInfo info, ReadOnlySpan<byte> reportData, out TdReport report)
    {
        report = default;
        report.TcbInfo = platform.TcbInfo;
        report.TdInfo = info;
        ref ReportMacStruct mac = ref report.Mac;
        mac.Type = ReportMacStruct.TdxType;
        mac.CpuSvn = platform.CpuSvn;
        reportData.CopyTo(mac.ReportData);
        SHA384.HashData(Bytes(in report.TcbInfo), mac.TeeTcbInfoHash);
        SHA384.HashData(Bytes(in report.TdInfo), mac.TeeInfoHash);
        platform.Authenticate(Authenticated(in mac), mac.Mac);
    }

    /// <summary>Tells whether this platform made a report, as TDG.MR.VERIFYREPORT does. The two hashes in it are the caller's to compare.</summary>
    /// <param name="mac">The report's first part.</param>
    /// <returns>Success; INVALID_CPUSVN for another platform's; INVALID_REPORTMACSTRUCT for one that was changed, or never made here.</returns>
    public TdxStatus Verify(in ReportMacStruct mac)
    {
        if (!((ReadOnlySpan<byte>)mac.CpuSvn).SequenceEqual(platform.CpuSvn))
        {
            return TdxStatus.InvalidCpuSvn;
        }

        Bytes32 expected = default;
        platform.Authenticate(Authenticated(in mac), expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac.Mac) ? TdxStatus.Success : TdxStatus.InvalidReportMacStruct;
    }

    // All of the structure but the MAC, which is its end.
    private static ReadOnlySpan<byte> Authenticated(in ReportMacStruct mac) => Bytes(in mac)[..^Unsafe.SizeOf<Bytes32>()];

    private static ReadOnlySpan<byte> Bytes<T>(in T part)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in part));
}
