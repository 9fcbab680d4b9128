using System.Globalization;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>How hard devices are tried: enough to find what is easily found, or as much as the environment asks for (docs/testing.md).</summary>
internal static class FuzzCounts
{
    /// <summary>Whether the environment asks for more than usual.</summary>
    public static bool AreAsked => Asked("VMM_FUZZ_ACCESSES") is not null;

    /// <summary>Accesses to a device.</summary>
    public static int Accesses => Asked("VMM_FUZZ_ACCESSES") ?? 50_000;

    /// <summary>Descriptor chains to a virtio device.</summary>
    public static int Chains => Asked("VMM_FUZZ_CHAINS") ?? 40_000;

    private static int? Asked(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null;
}
