namespace Vmm.Host.Quotes;

/// <summary>One line of an inspection.</summary>
/// <param name="Section">What it belongs to, as a key of JSON.</param>
/// <param name="Name">Key in JSON.</param>
/// <param name="Title">Name for people.</param>
/// <param name="Value">Value.</param>
internal sealed record EvidenceField(string Section, string Name, string Title, string Value);
