using Iced.Intel;
using Vmm.Integration.Tests.Harness;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Interrupts;

/// <summary>A program with a handler that counts the interrupts of one vector, in x2APIC mode as a TD starts in.</summary>
internal sealed class InterruptProgram
{
    public const byte Vector = 0x41;

    private const uint EndOfInterrupt = 0x80B;
    private const uint SpuriousVector = 0x80F;
    private const uint InterruptCommand = 0x830;
    private const uint SelfInterrupt = 0x83F;
    private const uint ApicEnabled = 0x1FF;

    public InterruptProgram()
    {
        Count = Program.Zeros(sizeof(ulong), sizeof(ulong));
        Label handler = Program.CreateLabel();
        Label behind = Program.CreateLabel();
        Program.SetGate(Vector, handler);
        Program.jmp(behind);
        Program.Label(ref handler);
        Handle();
        Program.Label(ref behind);
        EnableApic();
    }

    public TestProgram Program { get; } = new();

    /// <summary>Where interrupts are counted.</summary>
    public ulong Count { get; }

    /// <summary>Has this vCPU take interrupts once it enables them. Uses RAX, RCX, RDX.</summary>
    public void EnableApic()
    {
        Program.LoadIdt();
        WriteMsr(SpuriousVector, ApicEnabled);
    }

    /// <summary>Interrupts the vCPU itself. Uses RAX, RCX, RDX.</summary>
    public void InterruptSelf() => WriteMsr(SelfInterrupt, Vector);

    /// <summary>Interrupts another vCPU. Uses RAX, RCX, RDX.</summary>
    public void Interrupt(uint apicId) => WriteMsr(InterruptCommand, Vector, apicId);

    /// <summary>Writes an x2APIC register. Uses RAX, RCX, RDX.</summary>
    public void WriteMsr(uint index, uint low, uint high = 0)
    {
        Program.mov(ecx, index);
        Program.mov(eax, low);
        Program.mov(edx, high);
        Program.wrmsr();
    }

    private void Handle()
    {
        Program.push(rax);
        Program.push(rcx);
        Program.push(rdx);
        Program.@lock.inc(__qword_ptr[(long)Count]);
        WriteMsr(EndOfInterrupt, 0);
        Program.pop(rdx);
        Program.pop(rcx);
        Program.pop(rax);
        Program.iretq();
    }
}
