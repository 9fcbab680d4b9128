namespace Vmm.Core.Tests.Machine;

/// <summary>What of this process KVM machines could leave behind.</summary>
/// <param name="KvmFiles">Open descriptors of KVM (/dev/kvm, VMs, vCPUs).</param>
/// <param name="RunAreas">Mapped pages that vCPUs share with KVM.</param>
internal sealed record HostResources(int KvmFiles, int RunAreas)
{
    /// <summary>As of now.</summary>
    public static HostResources Count() => new(
        Directory.EnumerateFiles("/proc/self/fd").Count(file => IsKvm(Target(file))),
        File.ReadLines("/proc/self/maps").Count(line => line.Contains("kvm-vcpu", StringComparison.Ordinal)));

    /// <summary>Threads named like vCPUs.</summary>
    public static int CountVcpuThreads() =>
        Directory.EnumerateDirectories("/proc/self/task").Count(task => Name(task).StartsWith("vcpu", StringComparison.Ordinal));

    private static bool IsKvm(string target) => target == "/dev/kvm" || target.Contains("anon_inode:kvm", StringComparison.Ordinal);

    private static string Target(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.FullName ?? "";
        }
        catch (IOException)
        {
            return ""; // closed since it was listed
        }
    }

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
