namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>R13 of Instruction.IO and #VE.RequestMMIO.</summary>
internal static class AccessDirection
{
    internal const ulong Read = 0;
    internal const ulong Write = 1;
}
