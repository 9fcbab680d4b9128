using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>#VE: which instructions raise it, the frame the handler finds, and what TDG.VP.VEINFO.GET says.</summary>
public sealed class VirtualizationExceptionTests
{
    private const ulong DirectionFlag = 1 << 10;

    private readonly VeProgram _program = new();

    [KvmFact]
    public void Ports_AllEncodings_RaiseVeWithNothingDone()
    {
        ulong buffer = _program.Zeros(64) + 32;
        Registers up = Registers.Distinct with { Rflags = Registers.AllFlags & ~DirectionFlag, Rcx = 3, Rdx = Recorder.Port, Rsi = buffer, Rdi = buffer };
        foreach (VeCase instruction in VeInstructions.Ports(Recorder.Port, Recorder.ImmediatePort))
        {
            _program.Add(up, instruction);
            _program.Add(up with { Rflags = Registers.AllFlags }, instruction);
        }

        _program.Check();
    }

    [KvmFact]
    public void Ports_IdlePrefixes_ChangeNothing()
    {
        foreach (VeCase instruction in VeInstructions.PrefixedPorts(Recorder.Port, Recorder.ImmediatePort))
        {
            _program.Add(Registers.Distinct with { Rdx = Recorder.Port }, instruction);
        }

        _program.Check();
    }

    [KvmFact]
    public void Ports_NobodysAndTheModulesOwn_RaiseVeToo()
    {
        foreach (ushort port in new ushort[] { 0, 0x70, 0xB6, 0xB7, 0x3F8, 0xCF8, 0xFFFF })
        {
            foreach (VeCase instruction in VeInstructions.Ports(port, immediate: 0xB7).Where(one => !one.Name.Contains('s', StringComparison.Ordinal)))
            {
                _program.Add(Registers.Distinct with { Rdx = port }, instruction);
            }
        }

        _program.Check();
    }

    [KvmFact]
    public void Msrs_OfClassVe_RaiseVeWithIndexOnlyInRcx()
    {
        // APIC base, feature control, microcode, platform information, MTRRs, machine check, and the rims of the two ranges and beyond.
        foreach (ulong msr in new ulong[] { 0x17, 0x1B, 0x3A, 0x8B, 0xCE, 0xFE, 0x140, 0x179, 0x1FC, 0x200, 0x2FF, 0x400, 0x1FFF, 0xC000_1FFF, 0x2000, 0x4000_0000 })
        {
            foreach (VeCase instruction in VeInstructions.Msrs())
            {
                _program.Add(Registers.Distinct with { Rcx = msr }, instruction);
                _program.Add(Registers.Distinct with { Rcx = msr | 0xDEAD_0000_0000_0000 }, instruction);
            }
        }

        _program.Check();
    }

    [KvmFact]
    public void Mmio_LoadsAndStores_RaiseVeWithAddresses()
    {
        const ulong Offset = 0x1040;
        Registers registers = Registers.Distinct with { Rbx = TestProgram.DeviceWindow + Offset };
        foreach (VeCase instruction in VeInstructions.Mmio(__[rbx], TestProgram.DeviceWindow + Offset, (Recorder.Mmio + Offset) | TestHost.SharedBit))
        {
            _program.Add(registers, instruction);
        }

        _program.Check();
    }

    [KvmFact]
    public void EqualInstructions_OneBehindTheOther_RaiseOneVeEach()
    {
        Registers registers = Registers.Distinct with { Rdx = Recorder.Port, Rbx = TestProgram.DeviceWindow };
        foreach (VeCase instruction in VeInstructions.Ports(Recorder.Port, Recorder.ImmediatePort).Where(one => !one.Name.Contains('s', StringComparison.Ordinal))
            .Concat(VeInstructions.Mmio(__[rbx], TestProgram.DeviceWindow, Recorder.Mmio | TestHost.SharedBit)))
        {
            _program.Add(registers, instruction, instruction, instruction);
        }

        _program.Check();
    }
}
