using Vmm.Tdx.Abi;
using Vmm.Tdx.Tracing;

namespace Vmm.Tdx.Tests.Tracing;

public sealed class TraceSummaryTests
{
    [Fact]
    public void Rows_TwoVcpus_AddUp()
    {
        TraceSummary summary = new(2);
        for (int i = 0; i < 9; i++)
        {
            summary.Write(TestRecords.VmCall(VmCallLeaf.InstructionIo).Lasting(1000, vcpu: i % 2));
        }

        summary.Write(TestRecords.VmCall(VmCallLeaf.InstructionIo, status: (ulong)VmCallStatus.InvalidOperand).Lasting(100_000));
        summary.Write(TestRecords.VmCall(VmCallLeaf.MapGpa, status: (ulong)VmCallStatus.Retry).Lasting(191_000));
        summary.Write(TestRecords.TdCall(TdCallLeaf.MemPageAccept, status: 0x00000B0A00000000).Lasting(50_000));
        summary.Write(TestRecords.TdCall(TdCallLeaf.MemPageAccept, status: 0xC000010000000001).Lasting(50_000));
        summary.Write(TestRecords.Ve(new VeInfo(VmxExitReason.Cpuid), rip: 0));

        IReadOnlyList<SummaryRow> rows = summary.Rows();

        Assert.Equal(
            [
                ("TDG.VP.VMCALL<MapGPA>", 1, 0, 191, 0.4775),
                ("TDG.VP.VMCALL<Instruction.IO>", 10, 1, 109, 0.2725),
                ("TDG.MEM.PAGE.ACCEPT", 2, 1, 100, 0.25),
            ],
            rows.Select(row => (row.Name, (int)row.Calls, (int)row.Errors, (int)row.Total.TotalMicroseconds, Math.Round(row.Share, 4))));
        Assert.InRange(rows[1].Median.TotalMicroseconds, 0.93, 1.07);
    }

    [Fact]
    public void Rows_BadMaskAndUnknownLeaf_HaveRowsOfTheirOwn()
    {
        TraceSummary summary = new(1);
        summary.Write(TestRecords.TdCall(TdCallLeaf.VpVmCall, new() { Rcx = 1 }, status: 0xC000010000000001).Lasting(2000));
        summary.Write(TestRecords.TdCall((TdCallLeaf)0x7777, status: 0xC000010000000000).Lasting(1000));

        Assert.Equal([("TDG.VP.VMCALL", 1), ("TDCALL, others", 1)], summary.Rows().Select(row => (row.Name, (int)row.Errors)));
    }

    [Fact]
    public void ToString_Table_EndsWithTheTotal()
    {
        TraceSummary summary = new(1);
        summary.Write(TestRecords.TdCall(TdCallLeaf.VpInfo).Lasting(1500));

        string[] lines = summary.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("% time    total us  median us     calls    errors  call", lines[0]);
        Assert.Equal("100.00         1.5        1.5         1            TDG.VP.INFO", lines[2]);
        Assert.Equal("100.00         1.5                    1            total", lines[4]);
    }

    [Fact]
    public async Task Latencies_CopiedWhileAVcpuCounts_AreAsManyAsTheirBuckets()
    {
        TraceSummary summary = new(1);
        using CancellationTokenSource end = new();
        Task vcpu = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    summary.Write(TestRecords.TdCall(TdCallLeaf.VpInfo).Lasting(1000));
                }
            },
            TestContext.Current.CancellationToken);
        while (!summary.Latencies().Any())
        {
            await Task.Yield();
        }

        const int LongerThanAny = 20; // 2^20 ns
        for (int i = 0; i < 1000; i++)
        {
            CallLatencies copy = Assert.Single(summary.Latencies());
            Assert.Equal(copy.Count, copy.Histogram.CountBelow(LongerThanAny));
        }

        await end.CancelAsync();
        await vcpu;
    }

    [Fact]
    public void Median_AnyValue_IsWithinTheResolution()
    {
        for (long value = 0; value < 1L << 39; value = (value * 5 / 4) + 1)
        {
            LatencyHistogram histogram = new();
            histogram.Add(value);

            Assert.InRange(histogram.Median(), value * 0.9375, value * 1.0625);
        }
    }

    [Fact]
    public void Median_Extremes_AreCounted()
    {
        LatencyHistogram histogram = new();
        Assert.Equal(0, histogram.Median());

        histogram.Add(long.MaxValue);
        histogram.Add(-1);
        histogram.Add(5);

        Assert.Equal(5, histogram.Median());
    }
}
