namespace Vmm.Tdx.VmCalls;

/// <summary>A message-signalled interrupt to one vCPU.</summary>
/// <param name="Address">Message address with the destination in x2APIC form.</param>
/// <param name="Data">Vector and delivery mode.</param>
internal readonly record struct MsiMessage(ulong Address, uint Data)
{
    private const ulong Base = 0xFEE0_0000;
    private const uint LowDestination = 0xFF;
    private const int LowDestinationShift = 12;
    private const int HighDestinationShift = 32;

    /// <summary>Builds a message.</summary>
    /// <param name="apicId">x2APIC id of the destination.</param>
    /// <param name="data">Vector in bits 7:0, delivery mode in 10:8 (0: fixed).</param>
    internal static MsiMessage To(uint apicId, uint data) => new(
        Base | ((apicId & LowDestination) << LowDestinationShift) | ((ulong)(apicId & ~LowDestination) << HighDestinationShift),
        data);
}
