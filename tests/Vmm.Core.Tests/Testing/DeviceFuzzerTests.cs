using Vmm.Core.Buses;
using Vmm.Core.Testing.Fuzzing;

namespace Vmm.Core.Tests.Testing;

/// <summary>The chipset finds what it is there to find.</summary>
public sealed class DeviceFuzzerTests
{
    private static readonly FuzzOptions Options = new() { Seed = 7, Accesses = 20_000 };

    [Fact]
    public void Run_GoodDevice_FindsNothing()
    {
        FuzzReport report = DeviceFuzzer.Run(_ => new Faulty(_ => { }), Options);

        Assert.Empty(report.Findings);
        Assert.Equal(0, report.AllocatedBytes);
        Assert.Equal(20_000, report.Accesses);
    }

    [Fact]
    public void Run_DeviceThatThrows_IsOneFindingThatTheSeedRepeats()
    {
        FuzzFinding finding = Assert.Single(Fuzz());

        Assert.Equal(FuzzFindingKind.Exception, finding.Kind);
        Assert.StartsWith("write of ", finding.During, StringComparison.Ordinal);
        Assert.Contains("DivideByZeroException", finding.Reason, StringComparison.Ordinal);
        Assert.StartsWith("DeviceFuzzerTests.cs:", finding.Place, StringComparison.Ordinal);
        Assert.Equal(finding, Assert.Single(Fuzz()));

        static void Ignore(int value)
        {
        }

        static IReadOnlyList<FuzzFinding> Fuzz() => DeviceFuzzer.Run(_ => new Faulty(value => Ignore(1 / (value - 0x80))), Options).Findings;
    }

    [Fact]
    public void Run_DeviceThatHangs_IsFoundWhileItHangs()
    {
        using ManualResetEventSlim never = new();
        FuzzReport report = DeviceFuzzer.Run(
            _ => new Faulty(value =>
            {
                if (value == 0x80)
                {
                    never.Wait();
                }
            }),
            Options with { Patience = TimeSpan.FromMilliseconds(200) });
        never.Set();

        FuzzFinding finding = Assert.Single(report.Findings);
        Assert.Equal(FuzzFindingKind.Hang, finding.Kind);
        Assert.StartsWith("write of ", finding.During, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_DeviceThatKeepsMemory_Grows()
    {
        List<byte[]> kept = [];
        FuzzReport report = DeviceFuzzer.Run(_ => new Faulty(_ => kept.Add(new byte[10_000])), Options with { GrowthLimit = 20_000_000 });

        Assert.Equal(FuzzFindingKind.Growth, Assert.Single(report.Findings).Kind);
        Assert.True(report.AllocatedBytes > kept.Count);
    }

    [Fact]
    public void Run_ResetAndDisposalThatThrow_AreFound()
    {
        FuzzReport report = DeviceFuzzer.Run(_ => new BadAtTheEnds(), Options);

        Assert.Equal(["disposal", "reset"], report.Findings.Select(finding => finding.During).Order());
    }

    private sealed class Faulty(Action<byte> write) : BytePortDevice("faulty", new PortRange(0x500, 4, "registers"))
    {
        protected override byte ReadRegister(int range, int offset) => 0;

        protected override void WriteRegister(int range, int offset, byte value) => write(value);
    }

    private sealed class BadAtTheEnds() : Device("bad"), IDisposable
    {
        public override void Reset() => throw new NotSupportedException("no reset");

        public void Dispose() => throw new InvalidOperationException("no end");
    }
}
