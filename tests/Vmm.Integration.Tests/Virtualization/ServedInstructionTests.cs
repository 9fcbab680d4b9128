using Iced.Intel;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>
/// Native instructions whose #VE the guest's handler turns into TDVMCALLs have the results they would have without virtualisation; and they have
/// the same ones in fast mode, where no #VE is raised.
/// </summary>
public sealed class ServedInstructionTests
{
    private const ulong UpperHalf = 0xFFFF_FFFF_0000_0000;

    private readonly TestProgram _program = new();
    private readonly List<(ulong Captured, Registers Expected)> _results = [];
    private int _exceptions;
    private VeHandler? _handler;

    private static Registers Start => Registers.Distinct with { Rdx = Recorder.Port, Rbx = TestProgram.DeviceWindow };

    private void Instruction(Action<TestProgram> emit, Func<Registers, Registers> expected, Registers? start = null)
    {
        Registers registers = start ?? Start;
        Label behind = _program.CreateLabel();
        _program.Load(registers);
        emit(_program);
        _program.Label(ref behind);
        _handler!.ResumeAt(behind);
        _results.Add((_program.Capture(), expected(registers)));
        _exceptions++;
    }

    private static ulong Low(ulong value, int size, ulong old) => (old & ~((1UL << (8 * size)) - 1)) | value;

    [KvmTheory]
    [InlineData(VeMode.Architectural)]
    [InlineData(VeMode.Fast)]
    public void Instructions_Served_HaveTheirResults(VeMode mode)
    {
        _program.MapWindows();
        _handler = new VeHandler(_program, serves: true);
        ulong rax = Start.Rax;
        Instruction(p => p.@in(al, dx), r => r with { Rax = Low(Recorder.Answer(Recorder.Port, 1), 1, rax) });
        Instruction(p => p.@in(ax, dx), r => r with { Rax = Low(Recorder.Answer(Recorder.Port, 2), 2, rax) });
        Instruction(p => p.@in(eax, dx), r => r with { Rax = Recorder.Answer(Recorder.Port, 4) });
        Instruction(p => p.@in(al, Recorder.ImmediatePort), r => r with { Rax = Low(Recorder.Answer(Recorder.ImmediatePort, 1), 1, rax) });
        Instruction(p => p.@out(dx, al), r => r);
        Instruction(p => p.@out(dx, ax), r => r);
        Instruction(p => p.@out(Recorder.ImmediatePort, eax), r => r);
        Instruction(p => p.rdmsr(), r => r with { Rax = 0xFEE0_0D00, Rdx = 0 }, Start with { Rcx = 0x1B, Rdx = 0 });
        Instruction(p => p.wrmsr(), r => r, Start with { Rcx = 0x2FF, Rax = 0xC00 | UpperHalf, Rdx = UpperHalf });
        Instruction(p => p.rdmsr(), r => r with { Rax = 0xC00, Rdx = 0 }, Start with { Rcx = 0x2FF, Rdx = 0 });
        Instruction(p => p.mov(eax, __[rbx + 8]), r => r with { Rax = Recorder.Answer(Recorder.Mmio + 8, 4) });
        Instruction(p => p.mov(__[rbx + 16], eax), r => r);

        using TdRun run = TdRunner.Run(_program, new TdOptions { Ve = mode }).Succeeded();

        Assert.All(_results, result => Assert.Equal(result.Expected, run.Registers(result.Captured)));
        int raised = mode == VeMode.Architectural ? _exceptions : 0;
        Assert.Equal(raised, _handler.Records(run).Length);
        Assert.Equal(raised, run.Services.GetRequiredService<ExceptionInjector>().VirtualizationExceptions);
        Assert.Equal(
            [
                (Recorder.Port, 1, rax & 0xFF), (Recorder.Port, 2, rax & 0xFFFF), (Recorder.ImmediatePort, 4, rax & 0xFFFF_FFFF),
                (Recorder.Mmio + 16, 4, rax & 0xFFFF_FFFF),
            ],
            run.Recorder.Accesses.Where(access => access.IsWrite).Select(access => (access.Address, access.Size, access.Value)));
    }

    [KvmFact]
    public void StringInstructions_FastMode_MoveAllItems()
    {
        ulong source = _program.Data([1, 2, 3, 4, 5, 6, 7, 8], 8);
        ulong target = _program.Zeros(8, 8);
        _program.Load(Registers.Distinct with { Rflags = 2, Rdx = Recorder.Port, Rcx = 4, Rsi = source, Rdi = target });
        _program.rep.outsw();
        _program.mov(ecx, 2);
        _program.rep.insd();
        ulong captured = _program.Capture();
        using TdRun run = TdRunner.Run(_program, new TdOptions { Ve = VeMode.Fast }).Succeeded();

        Assert.Equal((0UL, source + 8, target + 8), (run.Registers(captured).Rcx, run.Registers(captured).Rsi, run.Registers(captured).Rdi));
        Assert.Equal([0x201, 0x403, 0x605, 0x807], run.Recorder.Accesses.Take(4).Select(access => (int)access.Value));
        ulong doubleword = Recorder.Answer(Recorder.Port, 4);
        Assert.Equal(doubleword | (doubleword << 32), run.Quadword(target));
    }
}
