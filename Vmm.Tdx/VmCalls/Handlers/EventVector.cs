namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Which vectors a guest may ask to be notified by.</summary>
internal static class EventVector
{
    private const ulong First = 32;
    private const ulong Last = 255;

    /// <summary>Whether the vector is one a guest may use: not one of the CPU's exceptions.</summary>
    internal static bool IsValid(ulong vector) => vector is >= First and <= Last;
}
