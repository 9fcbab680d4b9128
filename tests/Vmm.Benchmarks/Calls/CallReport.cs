using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Vmm.Benchmarks.Calls;

/// <summary>Measures every TDVMCALL and prints one table.</summary>
internal static class CallReport
{
    private const double GoalNs = 150;

    public static void Print()
    {
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "vmm-benchmarks"))
            .WithOptions(ConfigOptions.DisableLogFile);
        Summary summary = BenchmarkRunner.Run<CallBenchmark>(config);
        if (summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success))
        {
            throw new BenchmarkException("a measurement failed: " + string.Join("; ", summary.ValidationErrors.Select(error => error.Message)));
        }

        Console.WriteLine($"{"TDVMCALL",-30} {"median ns",10} {"bytes",6}   goal: at most {GoalNs:0} ns, 0 bytes");
        foreach (BenchmarkReport report in summary.Reports)
        {
            double median = report.ResultStatistics!.Median;
            long bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
            Console.WriteLine($"{report.BenchmarkCase.Parameters["Call"],-30} {median,10:0.0} {bytes,6}   {(median <= GoalNs && bytes == 0 ? "met" : "MISSED")}");
        }
    }
}
