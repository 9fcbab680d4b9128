using Vmm.Tdx.Module;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Host.Configuration;

namespace Vmm.Integration.Tests.Harness;

/// <summary>What a test wants its TD to be like.</summary>
internal sealed record TdOptions
{
    private const ulong SmallMemory = 8 << 20;

    /// <summary>A machine as small as it gets.</summary>
    public static TdOptions Default { get; } = new();

    /// <summary>Bytes of RAM.</summary>
    public ulong Memory { get; init; } = SmallMemory;

    /// <summary>Kernel command line.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>Number of vCPUs.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Whether trapped accesses become #VE.</summary>
    public VeMode Ve { get; init; } = VeMode.Architectural;

    /// <summary>ATTRIBUTES and identities; what is null is the default of <c>vmm run</c>.</summary>
    public TdConfig Td { get; init; } = new();

    /// <summary>When a run that does not end is given up: no test depends on how fast anything is.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Types of the devices, each with its default options.</summary>
    public IReadOnlyList<string> Devices { get; init; } = ["uart16550", "debug-exit", "post-code", "acpi-power", Recorder.Type];

    /// <summary>What follows when a device throws.</summary>
    public FaultAction OnFault { get; init; } = FaultAction.Continue;

    /// <summary>Replaces services of the machine.</summary>
    public Action<IServiceCollection> Configure { get; init; } = _ => { };

    /// <summary>Called when the machine is built and about to run.</summary>
    public Action<IServiceProvider> Starting { get; init; } = _ => { };
}
