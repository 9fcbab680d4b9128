namespace Vmm.Tdx.Policies;

/// <summary>A policy file cannot be used. Holds every problem there is, not just the first.</summary>
/// <param name="source">The file's name.</param>
/// <param name="problems">At least one problem.</param>
public sealed class PolicyException(string source, IReadOnlyList<PolicyProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems.Select(problem => $"{source}:{problem}")))
{
    /// <summary>The problems, in the order of the file.</summary>
    public IReadOnlyList<PolicyProblem> Problems { get; } = problems;
}
