namespace Vmm.Host.Doctor;

/// <summary>Memory and the limits on it.</summary>
internal static class MemoryChecks
{
    // A TD whose pages are converted one by one can split its three mappings that often and more; Linux converts large blocks.
    private const int ComfortableMappings = 65_530;

    private const ulong ComfortableMemory = 1UL << 30;
    private const int MebiShift = 20;
    private const string ShmemHugePages = "sys/kernel/mm/transparent_hugepage/shmem_enabled";

    public static IEnumerable<HostCheck> Examine(HostFiles files)
    {
        ulong available = files.ReadMemory("MemAvailable") ?? 0;
        yield return HostCheck.If(
            available >= ComfortableMemory, "memory", CheckStatus.Warn, $"{available >> MebiShift} MiB available", "a distribution's kernel wants 512 MiB: free some memory or give guests less");

        string? limit = AddressSpaceLimit(files);
        bool unlimited = limit is null or "unlimited";
        yield return HostCheck.If(
            unlimited, "address space limit", CheckStatus.Warn, unlimited ? "none" : $"{limit} bytes", "three times a TD's memory has to fit: raise it (ulimit -v unlimited)");

        int mappings = int.TryParse(files.Read("proc/sys/vm/max_map_count"), out int count) ? count : 0;
        yield return HostCheck.If(
            mappings >= ComfortableMappings, "vm.max_map_count", CheckStatus.Warn, $"{mappings} mappings", $"scattered page conversions may fail: sysctl vm.max_map_count={ComfortableMappings}");

        // The chosen word stands in brackets.
        bool hugePages = files.Read(ShmemHugePages) is { } setting && !setting.Contains("[never]", StringComparison.Ordinal) && !setting.Contains("[deny]", StringComparison.Ordinal);
        yield return HostCheck.If(
            hugePages, "huge pages", CheckStatus.Warn, hugePages ? "offered to TD memory" : "not offered to TD memory", $"guests run a little slower; as root: echo advise > /{ShmemHugePages}");
    }

    private static string? AddressSpaceLimit(HostFiles files) => files.Read("proc/self/limits")?
        .Split('\n').FirstOrDefault(line => line.StartsWith("Max address space", StringComparison.Ordinal))?
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
}
