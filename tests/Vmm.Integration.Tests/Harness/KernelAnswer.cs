namespace Vmm.Integration.Tests.Harness;

/// <summary>A call that KVM answers by itself, and otherwise than the software TDX module's VMM.</summary>
/// <param name="Applies">Which calls.</param>
/// <param name="Answer">What is left behind.</param>
/// <param name="Reason">Why it is so.</param>
internal sealed record KernelAnswer(Func<Registers, bool> Applies, Func<Registers, Registers> Answer, string Reason);
