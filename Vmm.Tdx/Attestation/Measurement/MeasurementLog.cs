using System.Security.Cryptography;
using System.Text;
using Vmm.Tdx.Attestation.EventLog;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>All that is measured before a TD runs, in order, and what the registers hold then.</summary>
/// <param name="Identity">The registers, and what else of a TD's identity is known before it runs.</param>
/// <param name="Records">The steps.</param>
public sealed record MeasurementLog(TdIdentity Identity, IReadOnlyList<MeasurementRecord> Records)
{
    /// <summary>Measures a launch.</summary>
    /// <param name="identity">Attributes, features and identities of the TD.</param>
    /// <param name="sections">What is added to its memory.</param>
    /// <param name="events">What is extended into its RTMRs.</param>
    public static MeasurementLog Of(TdIdentity identity, IReadOnlyList<LaunchSection> sections, IReadOnlyList<CcEvent> events)
    {
        identity.MrTd = MrTdHash.Of(sections);
        identity.Rtmrs = CcEventLog.Replay(events);
        return new MeasurementLog(identity, [.. sections.Select(Record), .. events.Select(Record)]);
    }

    private static MeasurementRecord Record(LaunchSection section) => new(MeasurementRegister.MrTd, section.Name)
    {
        Pages = section.Range,
        Digest = section.IsExtended ? Convert.ToHexStringLower(SHA384.HashData(section.Content.Span)) : null,
    };

    private static MeasurementRecord Record(CcEvent one) => new(one.Register, one.Type == TcgEventType.Separator ? "separator" : Encoding.UTF8.GetString(one.Data))
    {
        Event = one.Type,
        Digest = Convert.ToHexStringLower(one.Digest),
    };
}
