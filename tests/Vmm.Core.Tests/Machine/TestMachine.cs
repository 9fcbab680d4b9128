using Iced.Intel;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Core.Tests.Machine;

/// <summary>A machine around <see cref="PortPersonality"/>.</summary>
internal sealed class TestMachine : IDisposable
{
    private readonly KvmSystem _system = KvmSystem.Open();

    public TestMachine(Action<Assembler> program, int vcpus = 1)
    {
        Personality = new PortPersonality(program);
        Machine = new VirtualMachine(_system.CreateVm(), vcpus, Lifecycle, Personality);
    }

    public PortPersonality Personality { get; }

    public MachineLifecycle Lifecycle { get; } = new();

    public VirtualMachine Machine { get; }

    /// <summary>jmp $</summary>
    public static void Spin(Assembler c)
    {
        Label spin = c.CreateLabel();
        c.Label(ref spin);
        c.jmp(spin);
    }

    /// <summary>Writes to port 0x80 for ever.</summary>
    public static void Chatter(Assembler c)
    {
        Label again = c.CreateLabel();
        c.Label(ref again);
        c.@out(0x80, al);
        c.jmp(again);
    }

    /// <summary>Writes to port 0x80 once, then spins.</summary>
    public static void SayReadyAndSpin(Assembler c)
    {
        c.@out(0x80, al);
        Spin(c);
    }

    public void Dispose()
    {
        Machine.Dispose();
        Personality.Dispose();
        _system.Dispose();
    }
}
