using Iced.Intel;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>#VE out of user mode: the handler runs on the stack of the TSS, through KVM's own delivery.</summary>
public sealed class UserModeTests
{
    private const byte GeneralProtection = 13;
    private const ulong IoPrivilegeLevel3 = 0x3000;
    private const ulong UserRflags = 2 | IoPrivilegeLevel3;

    // KVMs that run user code without a processor's virtualisation neither keep IOPL nor run it with interrupts disabled.
    private const ulong HostsOwnFlags = IoPrivilegeLevel3 | (1 << 9);

    private readonly TestProgram _p = new();
    private readonly List<ulong> _starts = [];
    private readonly Label _leave;
    private readonly VeHandler _handler;
    private readonly UserMode _user;

    public UserModeTests()
    {
        _leave = _p.CreateLabel();
        _p.MapWindows();
        _handler = new VeHandler(_p, serves: false);
        _p.SetGate(GeneralProtection, _leave);
        _user = new UserMode(_p);
    }

    private static Registers Start => Registers.Distinct with { Rflags = UserRflags, Rdx = Recorder.Port, Rbx = TestProgram.DeviceWindow };

    private static Registers WithoutFlags(Registers registers) => registers with { Rflags = 0 };

    private void InUserMode(Registers registers, params ReadOnlySpan<Action<TestProgram>> instructions)
    {
        _user.Enter(registers);
        foreach (Action<TestProgram> instruction in instructions)
        {
            _p.nop();
            Label start = _p.CreateLabel();
            Label behind = _p.CreateLabel();
            _p.Label(ref start);
            instruction(_p);
            _p.Label(ref behind);
            _starts.Add(_p.AddressOf(start));
            _handler.ResumeAt(behind);
        }

        _p.nop();
        _p.hlt(); // not for users: #GP
    }

    private TdRun Leave(out Registers registers)
    {
        Label leave = _leave;
        _p.Label(ref leave);
        ulong captured = _p.Capture();
        TdRun run = TdRunner.Run(_p).Succeeded();
        registers = run.Registers(captured);
        return run;
    }

    [KvmFact]
    public void Mmio_InUserMode_RaisesVeOnTheKernelStack()
    {
        InUserMode(Start, p => p.mov(eax, __[rbx]), p => p.mov(__[rbx], ecx), p => p.movzx(r9d, __word_ptr[rbx + 2]));
        using TdRun run = Leave(out Registers left);

        VeRecord[] records = _handler.Records(run);
        Assert.Equal(_starts.Select(start => run.Quadword(start)), records.Select(ve => ve.Rip));
        Assert.Equal([(48, 0x181, 0), (48, 0x182, 0), (48, 0x181, 2)], records.Select(ve => ((int)ve.ExitReason, (int)ve.Qualification, (int)(ve.Linear - TestProgram.DeviceWindow))));
        Assert.All(records, ve => Assert.Equal((UserMode.CodeSelector, UserMode.DataSelector, _user.StackTop), (ve.Cs, ve.Ss, ve.Rsp)));
        Assert.All(records, ve => Assert.Equal(Start with { Rflags = 2 }, ve.RegistersAtFault with { Rflags = ve.RegistersAtFault.Rflags & ~HostsOwnFlags }));
        Assert.Equal(WithoutFlags(Start), WithoutFlags(left));
        Assert.Empty(run.Recorder.Accesses);
    }

    [KvmFact]
    public void Ports_InUserModeWithIopl_RaiseVeOrWhereTheHostKeepsNoIoplGeneralProtection()
    {
        InUserMode(Start, p => p.@in(al, dx), p => p.@out(dx, eax), p => p.@in(eax, Recorder.ImmediatePort), p => p.@out(Recorder.ImmediatePort, al));
        using TdRun run = Leave(out Registers left);

        VeRecord[] records = _handler.Records(run);
        ulong[] expected = [.. _starts.Select(start => run.Quadword(start)).Take(records.Length == 0 ? 0 : _starts.Count)];
        Assert.Equal(expected, records.Select(ve => ve.Rip));
        Assert.All(records, ve => Assert.Equal((UserMode.CodeSelector, UserMode.DataSelector, _user.StackTop), (ve.Cs, ve.Ss, ve.Rsp)));
        Assert.Equal(WithoutFlags(Start), WithoutFlags(left));
        Assert.Empty(run.Recorder.Accesses);
    }

    [KvmFact]
    public void TdCall_InUserMode_IsNotServed()
    {
        Registers start = Start with { Rax = 1 };
        InUserMode(start, p => p.TdCall());
        using TdRun run = Leave(out Registers left);
        Assert.Equal(WithoutFlags(start), WithoutFlags(left));
    }
}
