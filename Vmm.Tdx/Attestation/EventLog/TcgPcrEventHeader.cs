using System.Runtime.InteropServices;

namespace Vmm.Tdx.Attestation.EventLog;

/// <summary>TCG_PCClientPCREvent up to its data: the old format, which the first event of every log has.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TcgPcrEventHeader
{
    public uint MrIndex;
    public TcgEventType EventType;

    /// <summary>SHA-1; zero, as nothing is extended.</summary>
    public Abi.Bytes20 Digest;
    public uint EventSize;
}
