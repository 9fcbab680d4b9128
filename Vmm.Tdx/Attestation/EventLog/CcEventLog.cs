using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Tdx.Attestation.EventLog;

/// <summary>
/// The confidential-computing event log: the TCG's crypto-agile format (PC Client Platform Firmware Profile, "Crypto Agile Log Entry Format") with
/// SHA-384 digests, and the number of a register where a TPM's log has that of a PCR (UEFI 2.10, 38.4).
/// </summary>
public static class CcEventLog
{
    // What follows the last event: no register has this number, so that readers know the end (as EDK2 does).
    private const byte Unused = 0xFF;

    /// <summary>The registers after all events.</summary>
    public static Rtmrs Replay(IEnumerable<CcEvent> events)
    {
        Rtmrs rtmrs = default;
        foreach (CcEvent one in events)
        {
            Span<byte> rtmr = rtmrs[one.Register - MeasurementRegister.Rtmr0];
            SHA384.HashData([.. rtmr, .. one.Digest], rtmr);
        }

        return rtmrs;
    }

    /// <summary>Writes the log into its area.</summary>
    /// <returns>False when it does not fit.</returns>
    public static bool TryWrite(IEnumerable<CcEvent> events, Span<byte> area)
    {
        ArrayBufferWriter<byte> log = new();
        var spec = TcgSpecIdEvent.Create();
        ReadOnlySpan<byte> specBytes = MemoryMarshal.AsBytes(new ReadOnlySpan<TcgSpecIdEvent>(in spec));
        Append(log, new TcgPcrEventHeader { EventType = TcgEventType.NoAction, EventSize = (uint)specBytes.Length });
        log.Write(specBytes);
        foreach (CcEvent one in events)
        {
            Append(log, Header(one));
            log.Write(one.Data);
        }

        area.Fill(Unused);
        return log.WrittenSpan.TryCopyTo(area);
    }

    private static TcgPcrEvent2Header Header(CcEvent one)
    {
        TcgPcrEvent2Header header = new()
        {
            MrIndex = (uint)one.Register,
            EventType = one.Type,
            DigestCount = 1,
            AlgorithmId = TcgSpecIdEvent.Sha384,
            EventSize = (uint)one.Data.Length,
        };
        one.Digest.CopyTo((Span<byte>)header.Digest);
        return header;
    }

    private static void Append<T>(ArrayBufferWriter<byte> log, in T header)
        where T : unmanaged => log.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in header)));
}
