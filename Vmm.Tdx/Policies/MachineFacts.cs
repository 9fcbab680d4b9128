namespace Vmm.Tdx.Policies;

/// <summary>What CPUID must tell about this machine, whatever the policy.</summary>
/// <param name="Guest">The kind of guest: <see cref="GuestKinds.Ordinary"/> or <see cref="GuestKinds.Td"/>.</param>
/// <param name="VcpuCount">Number of vCPUs; their x2APIC ids are 0 up to this less one.</param>
/// <param name="TscKhz">Frequency of the guest's TSC in kHz; of a TD a multiple of 25,000.</param>
/// <param name="PhysicalBits">Width of guest-physical addresses, shared bit included.</param>
public sealed record MachineFacts(GuestKinds Guest, int VcpuCount, uint TscKhz, int PhysicalBits);
