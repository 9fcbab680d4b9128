namespace Vmm.Tdx.Abi;

/// <summary>What TDG.VP.VEINFO.GET tells about a virtualisation exception.</summary>
/// <param name="ExitReason">RCX bits 31:0.</param>
/// <param name="Qualification">RDX; 0 for CPUID, RDMSR and WRMSR, whose operands stay in the guest's registers.</param>
/// <param name="GuestLinearAddress">R8; meaningful only for EPT violations.</param>
/// <param name="GuestPhysicalAddress">R9, with the shared bit; meaningful only for EPT violations.</param>
/// <param name="InstructionLength">R10 bits 31:0, in bytes; undefined for EPT violations: the guest decodes the instruction itself.</param>
/// <param name="InstructionInformation">R10 bits 63:32.</param>
public readonly record struct VeInfo(
    VmxExitReason ExitReason,
    ulong Qualification = 0,
    ulong GuestLinearAddress = 0,
    ulong GuestPhysicalAddress = 0,
    uint InstructionLength = 0,
    uint InstructionInformation = 0)
{
    private const int InformationShift = 32;

    /// <summary>R10 as TDG.VP.VEINFO.GET returns it.</summary>
    public ulong Instruction => InstructionLength | ((ulong)InstructionInformation << InformationShift);
}
