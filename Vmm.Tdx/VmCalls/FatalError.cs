namespace Vmm.Tdx.VmCalls;

/// <summary>What a guest said with ReportFatalError.</summary>
/// <param name="VcpuIndex">The vCPU that said it.</param>
/// <param name="Code">R12 bits 31:0; 0 is a panic. Codes with bits 15:0 set are not defined.</param>
/// <param name="Message">The text, with everything but printable ASCII escaped; bounded; may be empty.</param>
public sealed record FatalError(int VcpuIndex, uint Code, string Message)
{
    private const uint UndefinedCodes = 0xFFFF;

    /// <summary>Whether the code is one that GHCI defines.</summary>
    public bool IsCodeDefined => (Code & UndefinedCodes) == 0;
}
