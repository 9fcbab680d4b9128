using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>An instruction that raises #VE, and what the guest is to be told about it.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Emit">Writes the one instruction.</param>
/// <param name="ExitReason">VMX exit reason.</param>
/// <param name="Qualification">Exit qualification.</param>
internal sealed record VeCase(string Name, Action<TestProgram> Emit, ulong ExitReason, ulong Qualification = 0)
{
    /// <summary>Guest linear address, of EPT violations.</summary>
    public ulong Linear { get; init; }

    /// <summary>Guest-physical address, of EPT violations.</summary>
    public ulong Physical { get; init; }

    /// <summary>Bytes before the opcode that change nothing: a VMM that has to look backwards may count any of them to the instruction or not.</summary>
    public int IdlePrefixes { get; init; }

    /// <summary>Whether the instruction's length is defined.</summary>
    public bool HasLength => ExitReason != EptViolation;

    /// <summary>Exit reason of EPT violations.</summary>
    public const ulong EptViolation = 48;
}
