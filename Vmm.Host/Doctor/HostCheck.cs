namespace Vmm.Host.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Status">How it is.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Advice">What to do about it; empty when nothing is to be done.</param>
public sealed record HostCheck(string Name, CheckStatus Status, string Finding, string Advice = "")
{
    /// <summary>Whether emulated TDs cannot run without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether all that is missing is a permission.</summary>
    public bool IsPermission { get; init; }

    /// <summary>Good if <paramref name="good"/>, else as bad as <paramref name="otherwise"/> says.</summary>
    public static HostCheck If(bool good, string name, CheckStatus otherwise, string finding, string advice) =>
        good ? new HostCheck(name, CheckStatus.Ok, finding) : new HostCheck(name, otherwise, finding, advice);
}
