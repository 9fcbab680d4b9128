namespace Vmm.Core.Interrupts;

/// <summary>A message-signalled interrupt (Intel SDM volume 3, "Message Signalled Interrupts").</summary>
/// <param name="Address">0xFEExxxxx with the destination; bits 63:40 carry destination-id bits 31:8 (x2APIC format of KVM).</param>
/// <param name="Data">Vector, delivery mode, level and trigger mode.</param>
public readonly record struct MsiMessage(ulong Address, uint Data);
