namespace Vmm.Integration.Tests.Linux;

/// <summary>The TDCALLs of a kernel until it has asked about some #VEs.</summary>
internal sealed class FirstCalls
{
    public const string Enough = "the kernel has served its first exceptions";

    /// <summary>Exceptions after which there is no need for more.</summary>
    public const int Exceptions = 1;

    public List<ulong> Leaves { get; } = [];

    public List<ulong> Statuses { get; } = [];
}
