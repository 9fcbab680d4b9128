namespace Vmm.Core.Boot;

/// <summary>How the guest starts its other processors.</summary>
public enum ApStart
{
    /// <summary>Through the ACPI wake-up mailbox: the processors are entered in 64-bit mode, by the machine. A TD has no other way.</summary>
    Mailbox,

    /// <summary>By INIT and STARTUP interrupts, which the virtual local APIC answers.</summary>
    StartupInterrupt,
}
