using System.Diagnostics;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;

namespace Vmm.Core.Testing.Fuzzing;

/// <summary>Tries a device as a hostile guest would, and says what it did wrong: the test that every device has to pass.</summary>
/// <example>
/// <code>
/// FuzzReport report = DeviceFuzzer.Run(bench =&gt; new MyDevice("mine", new MyOptions(), bench.Interrupts), new FuzzOptions());
/// Assert.Empty(report.Findings);
/// </code>
/// </example>
public static class DeviceFuzzer
{
    private const int WarmUp = 20_000; // the first visit of each path may compile or grow something, once

    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(50);

    /// <summary>Creates a device, drives it, disposes of it.</summary>
    /// <param name="create">Makes the device of what the bench has.</param>
    /// <param name="options">How hard it is tried.</param>
    /// <param name="progress">Told every now and then how many accesses are done.</param>
    public static FuzzReport Run(Func<DeviceBench, Device> create, FuzzOptions options, Action<int>? progress = null)
    {
        long start = Stopwatch.GetTimestamp();
        DeviceBench bench = new();
        IoApic ioApic = bench.Attach(new IoApic(bench.Msi, bench.Msi));
        bench.Provide<IInterruptController>(ioApic);
        Device device = bench.Attach(create(bench));
        FuzzFindings findings = new();
        FuzzChipset chipset = new(bench, ioApic, findings, options.Seed);

        Thread guest = new(() => Drive(device, chipset, findings, options)) { IsBackground = true, Name = "fuzz" };
        guest.Start();
        while (!guest.Join(s_glance))
        {
            progress?.Invoke(chipset.Done);
            if (Hangs(chipset.Current, options.Patience) is { } hang)
            {
                findings.Add(hang);
                break; // the thread cannot be ended; it goes with the process
            }
        }

        return new FuzzReport(options.Seed, chipset.Done, chipset.AllocatedBytes, Stopwatch.GetElapsedTime(start), findings.All);
    }

    private static void Drive(Device device, FuzzChipset chipset, FuzzFindings findings, FuzzOptions options)
    {
        chipset.Run(WarmUp, last: false);
        long before = options.GrowthLimit is null ? 0 : GC.GetTotalMemory(forceFullCollection: true);
        chipset.Run(options.Accesses, last: true);
        chipset.Current.Begin("look at the memory");
        if (options.GrowthLimit is { } limit && GC.GetTotalMemory(forceFullCollection: true) - before is var grown && grown > limit)
        {
            findings.Add(new FuzzFinding(FuzzFindingKind.Growth, "run as a whole", chipset.Current.Number, $"the process keeps {grown} bytes more than before"));
        }

        chipset.Current.Begin("disposal");
        Dispose(device, chipset, findings);
    }

    private static void Dispose(Device device, FuzzChipset chipset, FuzzFindings findings)
    {
        try
        {
            switch (device)
            {
                case IAsyncDisposable asynchronous:
                    asynchronous.DisposeAsync().AsTask().GetAwaiter().GetResult();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
#pragma warning disable CA1031 // Whatever a device throws is what we are looking for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            findings.Add(e, "disposal", chipset.Current.Number);
        }
    }

    /// <summary>Looks twice: a step that ends between two looks is no hang.</summary>
    private static FuzzFinding? Hangs(FuzzAccess current, TimeSpan patience)
    {
        long number = current.Number;
        if (number == 0 || Stopwatch.GetElapsedTime(current.StartedAt) < patience || current.Number != number)
        {
            return null;
        }

        return new FuzzFinding(FuzzFindingKind.Hang, current.ToString(), number, $"no answer within {patience.TotalMilliseconds:0} ms");
    }
}
