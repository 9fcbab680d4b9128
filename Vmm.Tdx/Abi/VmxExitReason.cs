namespace Vmm.Tdx.Abi;

/// <summary>VMX basic exit reasons that a guest meets in #VE information.</summary>
public enum VmxExitReason : uint
{
    /// <summary>CPUID.</summary>
    Cpuid = 10,

    /// <summary>HLT.</summary>
    Hlt = 12,

    /// <summary>INVD.</summary>
    Invd = 13,

    /// <summary>VMCALL.</summary>
    Vmcall = 18,

    /// <summary>A value of CR0 or CR4 that a TD must not have.</summary>
    CrAccess = 28,

    /// <summary>IN, OUT, INS or OUTS.</summary>
    IoInstruction = 30,

    /// <summary>RDMSR.</summary>
    Rdmsr = 31,

    /// <summary>WRMSR.</summary>
    Wrmsr = 32,

    /// <summary>MWAIT.</summary>
    Mwait = 36,

    /// <summary>MONITOR.</summary>
    Monitor = 39,

    /// <summary>Access to shared memory that nothing backs (MMIO), or to a private page that is not accepted.</summary>
    EptViolation = 48,

    /// <summary>WBINVD or WBNOINVD.</summary>
    Wbinvd = 54,

    /// <summary>Write to a register of the virtual APIC page.</summary>
    ApicWrite = 56,

    /// <summary>PCONFIG.</summary>
    Pconfig = 65,
}
