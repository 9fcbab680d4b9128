using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.EventLog;

/// <summary>TCG_PCR_EVENT2 with one SHA-384 digest, up to its data.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TcgPcrEvent2Header
{
    /// <summary>Number of the register: 0 is MRTD, 1 is RTMR0, and so on.</summary>
    public uint MrIndex;
    public TcgEventType EventType;
    public uint DigestCount;
    public ushort AlgorithmId;
    public Bytes48 Digest;
    public uint EventSize;
}
