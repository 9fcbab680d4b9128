namespace Vmm.Tdx.Policies.Reading;

/// <summary>A key of a JSON object with its value.</summary>
internal sealed record PolicyMember(string Key, long Offset, PolicyNode Value);
