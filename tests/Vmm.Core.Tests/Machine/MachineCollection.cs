namespace Vmm.Core.Tests.Machine;

/// <summary>Tests that count what the process holds: nothing else may run beside them.</summary>
[CollectionDefinition(nameof(MachineCollection), DisableParallelization = true)]
public sealed class MachineCollection;
