using System.Security.Cryptography;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Tdx.Attestation.EventLog;

/// <summary>Something that was extended into an RTMR.</summary>
/// <param name="Register">Which one.</param>
/// <param name="Type">What kind of thing.</param>
/// <param name="Digest">Its SHA-384.</param>
/// <param name="Data">What readers of the log are told.</param>
public sealed record CcEvent(MeasurementRegister Register, TcgEventType Type, byte[] Digest, byte[] Data)
{
    /// <summary>EV_SEPARATOR, whose data are four zeros.</summary>
    public static CcEvent Separator(MeasurementRegister register)
    {
        byte[] zeros = new byte[sizeof(uint)];
        return new CcEvent(register, TcgEventType.Separator, SHA384.HashData(zeros), zeros);
    }
}
