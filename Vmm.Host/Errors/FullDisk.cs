namespace Vmm.Host.Errors;

/// <summary>Tells errors of a full disk from others.</summary>
internal static class FullDisk
{
    // errno of linux/x86-64, which the class library passes on in HResult.
    private const int NoSpace = 28; // ENOSPC
    private const int QuotaUsedUp = 122; // EDQUOT

    /// <summary>Whether there is no room left on the disk, or none for this user.</summary>
    public static bool Caused(IOException error) => error.HResult is NoSpace or QuotaUsedUp;
}
