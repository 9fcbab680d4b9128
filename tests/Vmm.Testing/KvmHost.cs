namespace Vmm.Testing;

/// <summary>Whether this host has KVM.</summary>
public static class KvmHost
{
    private const string Device = "/dev/kvm";

    /// <summary>Why tests cannot use KVM here; null if they can.</summary>
    public static string? Obstacle { get; } = FindObstacle();

    private static string? FindObstacle()
    {
        try
        {
            File.Open(Device, FileMode.Open, FileAccess.ReadWrite).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"needs {Device}: {e.Message}";
        }
    }
}
