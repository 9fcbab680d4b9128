using Vmm.Tdx.Abi;
using Vmm.Tdx.Tracing;
using Vmm.Tdx.Tracing.Formatting;

namespace Vmm.Tdx.Tests.Tracing;

public sealed class TraceRingTests
{
    [Fact]
    public void TryRead_ManyRounds_GivesRecordsInOrder()
    {
        TraceRing ring = new(4);
        for (int i = 0; i < 100; i++)
        {
            ring.Write(new TraceRecord { Timestamp = i });
            Assert.True(ring.TryRead(out TraceRecord record));
            Assert.Equal((i, 0), (record.Timestamp, record.Lost));
        }

        Assert.False(ring.TryRead(out _));
    }

    [Fact]
    public void Write_FullRing_CountsWhatIsLost()
    {
        TraceRing ring = new(4);
        for (int i = 0; i < 7; i++)
        {
            ring.Write(new TraceRecord { Timestamp = i });
        }

        Assert.True(ring.TryRead(out TraceRecord first));
        ring.Write(new TraceRecord { Timestamp = 7 });
        long[] rest = [.. Drain(ring).Select(record => record.Timestamp * 10 + record.Lost)];

        Assert.Equal(0, first.Timestamp);
        Assert.Equal([10, 20, 30, 73], rest);
        Assert.Equal(0, ring.TakeLost());
    }

    [Fact]
    public void Write_ManyThreads_EachRecordIsReadOnceOrCounted()
    {
        const int Writers = 4;
        const int PerWriter = 20_000;
        TraceRing ring = new(64);
        Thread[] threads = [.. Enumerable.Range(0, Writers).Select(vcpu => new Thread(() =>
        {
            for (int i = 0; i < PerWriter; i++)
            {
                ring.Write(new TraceRecord { Vcpu = vcpu, Timestamp = i, Duration = i });
            }
        }))];
        long[] last = [-1, -1, -1, -1];
        long seen = 0;
        Array.ForEach(threads, thread => thread.Start());
        while (threads.Any(thread => thread.IsAlive))
        {
            Check();
        }

        Check();
        Assert.Equal(Writers * PerWriter, seen + ring.TakeLost());

        void Check()
        {
            foreach (TraceRecord record in Drain(ring))
            {
                Assert.Equal(record.Timestamp, record.Duration);
                Assert.True(record.Timestamp > last[record.Vcpu]);
                last[record.Vcpu] = record.Timestamp;
                seen += 1 + record.Lost;
            }
        }
    }

    [Fact]
    public void Printer_SlowReader_TellsWhatWasLost()
    {
        TraceRing ring = new(2);
        for (int i = 0; i < 5; i++)
        {
            ring.Write(TestRecords.TdCall(TdCallLeaf.VpInfo));
        }

        StringWriter output = new();
        new TracePrinter(ring, new TraceFormatter(new GpaWidth(48)), output).Dispose();

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("... 3 calls lost: they came faster than they could be printed", lines[2]);
    }

    [Fact]
    public void Printer_OutputFails_StopsAndSaysWhy()
    {
        TraceRing ring = new();
        ring.Write(TestRecords.TdCall(TdCallLeaf.VpInfo));
        using StreamWriter output = new(new FullDisk());
        TracePrinter printer = new(ring, new TraceFormatter(new GpaWidth(48)), output);

        printer.Dispose();

        Assert.Equal("full", printer.Failure?.Message);
    }

    private static List<TraceRecord> Drain(TraceRing ring)
    {
        List<TraceRecord> records = [];
        while (ring.TryRead(out TraceRecord record))
        {
            records.Add(record);
        }

        return records;
    }

    private sealed class FullDisk : MemoryStream
    {
        private bool _told;

        public override void Write(ReadOnlySpan<byte> buffer) => Fail();

        public override void Write(byte[] buffer, int offset, int count) => Fail();

        private void Fail()
        {
            if (!_told)
            {
                _told = true;
                throw new IOException("full");
            }
        }
    }
}
