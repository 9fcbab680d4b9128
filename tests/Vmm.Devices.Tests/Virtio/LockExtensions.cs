namespace Vmm.Devices.Tests.Virtio;

internal static class LockExtensions
{
    /// <summary>Whether nobody else holds the lock.</summary>
    public static bool TryEnterAndExit(this Lock gate)
    {
        bool free = gate.TryEnter();
        if (free)
        {
            gate.Exit();
        }

        return free;
    }
}
