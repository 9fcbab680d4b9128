using System.Diagnostics;
using Vmm.Guests;

namespace Vmm.Benchmarks.Control;

/// <summary>
/// What a machine costs under a daemon: the time from the client's call to the guest's first instruction, with and without a process that waits for it,
/// and the memory of the process. The guest's first act is to print one character; when that is in the console's file it has run for sure.
/// </summary>
internal static class ControlReport
{
    private const int Starts = 20;
    private const int AtOnce = 50;
    private const int GuestMemoryMiB = 16;

    private static readonly TimeSpan StartGoal = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan SpareGoal = TimeSpan.FromMilliseconds(20);
    private const double MemoryGoalMiB = 45;

    // What a machine that runs needs is of interest, not what its start did: processes give back what only that needed.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static async Task PrintAsync(string vmm)
    {
        string folder = Directory.CreateTempSubdirectory("vmm-bench-").FullName;
        try
        {
            string kernel = Path.Combine(folder, "idle.elf");
            await File.WriteAllBytesAsync(kernel, ElfImage.Create(IdleTd.Assemble()));
            Console.WriteLine($"{Environment.ProcessorCount} processors, load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}; guest: {GuestMemoryMiB} MiB, prints one character and halts");
            await PrintStartsAsync(vmm, folder, kernel, spares: 0, StartGoal);
            await PrintStartsAsync(vmm, folder, kernel, spares: 1, SpareGoal);
            await PrintMemoryAsync(vmm, folder, kernel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task PrintStartsAsync(string vmm, string folder, string kernel, int spares, TimeSpan goal)
    {
        await using BenchmarkDaemon daemon = await BenchmarkDaemon.StartAsync(vmm, folder, kernel, GuestMemoryMiB, spares);
        List<(double Running, double Printed, double Create)> times = [];
        for (int i = -2; i < Starts; i++)
        {
            // The first ones warm the daemon up.
            await daemon.SparesReadyAsync();
            (double Running, double Printed, double Create) one = await daemon.MeasureStartAsync($"m{i + 2}");
            if (i >= 0)
            {
                times.Add(one);
            }

            await daemon.RemoveAsync($"m{i + 2}");
        }

        Console.WriteLine();
        Console.WriteLine(spares == 0 ? "create to first guest instruction, new process:" : "create to first guest instruction, process that waits:");
        Print("Create answered", [.. times.Select(one => one.Create)]);
        Print("Start answered (guest runs)", [.. times.Select(one => one.Running)]);
        Print("guest's first character on disk", [.. times.Select(one => one.Printed)]);
        Console.WriteLine($"  goal {goal.TotalMilliseconds} ms: {(Median([.. times.Select(one => one.Running)]) <= goal.TotalMilliseconds ? "met" : "missed")}");
    }

    private static async Task PrintMemoryAsync(string vmm, string folder, string kernel)
    {
        await using BenchmarkDaemon daemon = await BenchmarkDaemon.StartAsync(vmm, folder, kernel, GuestMemoryMiB, spares: 0);
        Stopwatch clock = Stopwatch.StartNew();
        int[] pids = await daemon.StartManyAsync(AtOnce);
        TimeSpan taken = clock.Elapsed;
        await Task.Delay(Settling);
        ProcessMemory[] memory = [.. pids.Select(ProcessMemory.Of)];
        Console.WriteLine();
        Console.WriteLine($"{AtOnce} TDs at once, all running after {taken.TotalSeconds:0.0} s; memory of a process without its guest's, {Settling.TotalSeconds} s later, in MiB:");
        Print("resident (RSS)", [.. memory.Select(one => one.ResidentMiB)]);
        Print("of it anonymous", [.. memory.Select(one => one.AnonymousMiB)]);
        Print("proportional (PSS)", [.. memory.Select(one => one.ProportionalMiB)]);
        Print("guest memory touched", [.. memory.Select(one => one.GuestMiB)]);
        Console.WriteLine($"  goal {MemoryGoalMiB} MiB resident: {(Median([.. memory.Select(one => one.ResidentMiB)]) <= MemoryGoalMiB ? "met" : "missed")}");
        ProcessMemory own = ProcessMemory.Of(daemon.Pid);
        Console.WriteLine($"  the daemon itself: {own.ResidentMiB:0.0} MiB resident");
    }

    private static void Print(string what, double[] values) =>
        Console.WriteLine($"  {what,-34} median {Median(values),7:0.0}   least {values.Min(),7:0.0}   most {values.Max(),7:0.0}");

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
