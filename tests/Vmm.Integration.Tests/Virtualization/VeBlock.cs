using Iced.Intel;
using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>Instructions that raise #VE, one behind the other without a gap, all with the same registers. The handler skips them.</summary>
internal sealed class VeBlock
{
    private readonly Registers _registers;
    private readonly IReadOnlyList<VeCase> _cases;
    private readonly ulong[] _places;
    private readonly ulong _captured;

    /// <summary>Puts the instructions into a program.</summary>
    public VeBlock(TestProgram program, VeHandler handler, Registers registers, params IReadOnlyList<VeCase> cases)
    {
        _registers = registers;
        _cases = cases;
        _places = new ulong[cases.Count + 1];
        program.Load(registers);
        for (int i = 0; i < cases.Count; i++)
        {
            Place(program, handler, i);
            cases[i].Emit(program);
        }

        Place(program, handler, cases.Count);
        _captured = program.Capture();
    }

    /// <summary>Compares what the handler saw with what it had to see.</summary>
    /// <returns>The differences.</returns>
    public IEnumerable<string> Check(TdRun run, TestProgram program, ReadOnlySpan<VeRecord> records)
    {
        List<string> wrong = [];
        for (int i = 0; i < _cases.Count; i++)
        {
            if (i >= records.Length)
            {
                return [.. wrong, $"{_cases[i].Name}: no #VE"];
            }

            ulong start = run.Quadword(_places[i]);
            ulong end = run.Quadword(_places[i + 1]);
            wrong.AddRange(Check(_cases[i], in records[i], _registers, start, end, program.StackTop).Select(what => $"{_cases[i].Name}: {what}"));
        }

        if (run.Registers(_captured) != _registers)
        {
            wrong.Add($"behind {string.Join("; ", _cases.Select(one => one.Name))}: registers {run.Registers(_captured)}, not {_registers}");
        }

        return wrong;
    }

    private static List<string> Check(VeCase expected, in VeRecord actual, Registers registers, ulong start, ulong end, ulong stack)
    {
        List<string> wrong = [];
        void Same(string what, ulong wanted, ulong found)
        {
            if (wanted != found)
            {
                wrong.Add($"{what} is 0x{found:x}, not 0x{wanted:x}");
            }
        }

        ulong skipped = actual.Rip - start;
        Same("RIP", start + (skipped <= (ulong)expected.IdlePrefixes ? skipped : 0), actual.Rip);
        Same("CS", 0x10, actual.Cs);
        Same("SS", 0x18, actual.Ss);
        Same("RSP", stack, actual.Rsp);
        Same("RF", 1, actual.HasResumeFlag ? 1UL : 0);
        Same("VEINFO.GET status", 0, actual.Status);
        Same("exit reason", expected.ExitReason, actual.ExitReason);
        Same("qualification", expected.Qualification, actual.Qualification);
        Same("linear address", expected.Linear, actual.Linear);
        Same("physical address", expected.Physical, actual.Physical);
        Same("instruction", expected.HasLength ? end - actual.Rip : actual.Instruction, actual.Instruction);
        if (actual.RegistersAtFault != registers)
        {
            wrong.Add($"registers are {actual.RegistersAtFault}, not {registers}");
        }

        return wrong;
    }

    // The end of one instruction is the start of the next, and where the handler goes on.
    private void Place(TestProgram program, VeHandler handler, int index)
    {
        Label here = program.CreateLabel();
        program.Label(ref here);
        _places[index] = program.AddressOf(here);
        if (index > 0)
        {
            handler.ResumeAt(here);
        }
    }
}
