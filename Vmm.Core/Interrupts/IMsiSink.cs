namespace Vmm.Core.Interrupts;

/// <summary>Where message-signalled interrupts go: KVM, or a test.</summary>
public interface IMsiSink
{
    /// <summary>Delivers one message.</summary>
    /// <param name="address">Message address, 0xFEExxxxx; bits 63:32 carry destination-id bits 31:8 (x2APIC format).</param>
    /// <param name="data">Message data: vector in 7:0, delivery mode in 10:8.</param>
    /// <returns>False if no vCPU took it (blocked by the guest, or no such destination).</returns>
    bool Signal(ulong address, uint data);
}
