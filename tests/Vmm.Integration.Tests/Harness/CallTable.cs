using System.Collections;

namespace Vmm.Integration.Tests.Harness;

/// <summary>TDCALLs of one TD, in their order, each with the registers that the specification leaves behind.</summary>
internal sealed class CallTable : IEnumerable<Registers>
{
    private readonly List<Registers> _calls = [];
    private readonly List<Func<Registers, Registers>> _expected = [];

    /// <summary>Adds a call.</summary>
    /// <param name="call">All registers.</param>
    /// <param name="expected">Makes of them what they are to be afterwards: whatever it does not change must be preserved.</param>
    public void Add(Registers call, Func<Registers, Registers> expected)
    {
        _calls.Add(call);
        _expected.Add(expected);
    }

    /// <summary>Makes all calls in a program that ends behind them, and compares every register.</summary>
    public TdRun Check(TestProgram? program = null, TdOptions? options = null) => Check(new EmulatedBackend(), program, options);

    /// <summary>The same on a backend of choice.</summary>
    public TdRun Check(ITdBackend backend, TestProgram? program = null, TdOptions? options = null)
    {
        program ??= new TestProgram();
        ulong results = program.Calls([.. _calls]);
        TdRun run = TdRunner.Run(backend, program, options).Succeeded();
        List<string> differences = [];
        for (int i = 0; i < _calls.Count; i++)
        {
            Registers expected = backend.Expect(_calls[i], _expected[i]);
            Registers actual = run.Registers(results, i);
            if (expected != actual)
            {
                differences.Add($"call {i} {_calls[i]}\nexpected {expected}\nactual   {actual}");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
        return run;
    }

    public IEnumerator<Registers> GetEnumerator() => _calls.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
