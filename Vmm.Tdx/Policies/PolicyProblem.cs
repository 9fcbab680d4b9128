namespace Vmm.Tdx.Policies;

/// <summary>Something wrong in a policy file.</summary>
/// <param name="Path">JSON path, e.g. <c>$.cpuid.rules[3].eax.fix</c>.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in bytes, from 1.</param>
/// <param name="Message">What is wrong, and what to do.</param>
public sealed record PolicyProblem(string Path, int Line, int Column, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Line}:{Column}: {Path}: {Message}";
}
