namespace Vmm.Core.Exits;

/// <summary>A port access that has been taken back: the vCPU stands before the instruction, as if it had never run.</summary>
/// <param name="Access">The access.</param>
/// <param name="Instruction">The instruction.</param>
/// <param name="CompletionPending">
/// KVM will step over the instruction at the next entry if RIP is still there: change RIP, or call <see cref="ExitNormalizer.Settle"/> first.
/// </param>
public readonly record struct RewoundIo(IoAccess Access, IoInstruction Instruction, bool CompletionPending);
