namespace Vmm.Tdx.Abi;

/// <summary>Exit qualification of <see cref="VmxExitReason.EptViolation"/>.</summary>
[Flags]
public enum EptQualification : ulong
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>A data read.</summary>
    DataRead = 1 << 0,

    /// <summary>A data write.</summary>
    DataWrite = 1 << 1,

    /// <summary>An instruction fetch.</summary>
    InstructionFetch = 1 << 2,

    /// <summary>The EPT allows reading.</summary>
    Readable = 1 << 3,

    /// <summary>The EPT allows writing.</summary>
    Writable = 1 << 4,

    /// <summary>The EPT allows execution.</summary>
    Executable = 1 << 5,

    /// <summary>The EPT allows execution at user linear addresses.</summary>
    UserExecutable = 1 << 6,

    /// <summary>The guest linear address is valid.</summary>
    LinearAddressValid = 1 << 7,

    /// <summary>The access itself missed, rather than the walk of the guest's page tables. Only with a valid linear address.</summary>
    FinalTranslation = 1 << 8,

    /// <summary>The linear address is a user page.</summary>
    UserPage = 1 << 9,

    /// <summary>The linear address is writable.</summary>
    WritablePage = 1 << 10,

    /// <summary>The linear address is execute-disabled.</summary>
    ExecuteDisabledPage = 1 << 11,

    /// <summary>The violation happened during an IRET that unblocked NMIs.</summary>
    NmiUnblocked = 1 << 12,

    /// <summary>A shadow-stack access.</summary>
    ShadowStack = 1 << 13,
}
