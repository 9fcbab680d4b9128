using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>Blocks of instructions that raise #VE, and the comparison of all that the guest's handler saw of them.</summary>
internal sealed class VeProgram
{
    private readonly TestProgram _program = new();
    private readonly VeHandler _handler;
    private readonly List<(VeBlock Block, int Cases)> _blocks = [];

    public VeProgram()
    {
        _program.MapWindows();
        _handler = new VeHandler(_program, serves: false);
    }

    /// <summary>Memory that a string instruction may use.</summary>
    public ulong Zeros(int size) => _program.Zeros(size, sizeof(ulong));

    /// <summary>Adds a block.</summary>
    public void Add(Registers registers, params IReadOnlyList<VeCase> cases) => _blocks.Add((new VeBlock(_program, _handler, registers, cases), cases.Count));

    /// <summary>Runs the program and compares; nothing may have reached a device.</summary>
    public void Check()
    {
        using TdRun run = TdRunner.Run(_program).Succeeded();
        ReadOnlySpan<VeRecord> records = _handler.Records(run);
        List<string> wrong = [];
        int at = 0;
        foreach ((VeBlock block, int cases) in _blocks)
        {
            wrong.AddRange(block.Check(run, _program, records[Math.Min(at, records.Length)..]));
            at += cases;
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(at, records.Length);
        Assert.Empty(run.Recorder.Accesses);
    }
}
