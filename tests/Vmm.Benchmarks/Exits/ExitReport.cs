using System.Diagnostics;
using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Running;
using Vmm.Tdx.Policies;

namespace Vmm.Benchmarks.Exits;

/// <summary>Measures a TDVMCALL's round trip through the machine against the C loop, and prints one table.</summary>
internal static class ExitReport
{
    private const double Goal = 1.03;
    private const double UserSpaceGoal = 150;
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(5);

    public static async Task PrintAsync()
    {
        using CExitLoop loop = new();
        PairedSlices slices = await MeasureAsync(loop);

        double microseconds = 1e6 / Stopwatch.Frequency / PairedSlices.ExitsPerSlice;
        double ratio = Median(slices.Ticks.Select(pair => (double)pair.Machine / pair.C));
        Console.WriteLine($"TDVMCALL Instruction.IO as a trapped TDCALL, {PairedSlices.Pairs} pairs of slices of {PairedSlices.ExitsPerSlice} exits");
        Console.WriteLine($"{"",-28} {"median us",10}");
        Console.WriteLine($"{"machine: module, handler",-28} {Median(slices.Ticks.Select(pair => pair.Machine * microseconds)),10:0.00}");
        Console.WriteLine($"{"C loop: KVM_RUN, RIP",-28} {Median(slices.Ticks.Select(pair => pair.C * microseconds)),10:0.00}");
        Console.WriteLine($"{"median of paired ratios",-28} {ratio,10:0.000}   goal: at most {Goal:0.00}: {(ratio <= Goal ? "met" : "MISSED")}");
        double userSpace = Median(slices.UserSpaceNanoseconds);
        Console.WriteLine($"{"user space alone, ns",-28} {userSpace,10:0.0}   goal: at most {UserSpaceGoal:0}: {(userSpace <= UserSpaceGoal ? "met" : "MISSED")} (one exit replayed without the kernel)");
        Console.WriteLine($"{"bytes allocated per exit",-28} {(double)slices.Allocated / PairedSlices.Pairs / PairedSlices.ExitsPerSlice,10:0.00}   goal: 0");
    }

    private static async Task<PairedSlices> MeasureAsync(CExitLoop loop)
    {
        string kernel = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(kernel, TdCallLoop.Create());
            CapturingSyscalls syscalls = new();
            using KvmSystem kvm = KvmSystem.Open(syscalls);
            if (kvm.CheckExtension(KvmCap.SyncRegs) == 0)
            {
                throw new BenchmarkException("this host's KVM lacks KVM_CAP_SYNC_REGS, which both loops use");
            }

            await using ServiceProvider services = Compose(kernel, kvm, loop, syscalls);
            await using AsyncServiceScope scope = services.CreateAsyncScope();
            VirtualMachine machine = scope.ServiceProvider.GetRequiredService<VirtualMachine>();
            machine.Start();
            MachineOutcome outcome = await machine.Ended.WaitAsync(Hang);
            return outcome.Kind == MachineOutcomeKind.Stopped
                ? (PairedSlices)scope.ServiceProvider.GetRequiredService<IPersonality>()
                : throw new BenchmarkException($"the guest ended: {outcome.Message}");
        }
        catch (KvmException e)
        {
            throw new BenchmarkException(e.Message);
        }
        finally
        {
            File.Delete(kernel);
        }
    }

    private static ServiceProvider Compose(string kernel, KvmSystem kvm, CExitLoop loop, CapturingSyscalls syscalls)
    {
        MachineConfig config = new() { Kernel = kernel, Memory = new MemorySize(64 << 20) };
        IServiceCollection services = new ServiceCollection().AddMachine(new MachinePlan(config, [], Policy.Default), kvm, new NoStreams());
        Func<IServiceProvider, object> personality =
            services.Last(service => service.ServiceType == typeof(IPersonality)).ImplementationFactory!;
        services.AddScoped(_ => DeviceBuses.Assemble([new TrivialDevice()], new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System)));
        services.AddScoped<IPersonality>(scope =>
            new PairedSlices((IPersonality)personality(scope), loop, syscalls, scope.GetRequiredService<MachineLifecycle>()));
        return services.BuildServiceProvider();
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private sealed class NoStreams : IByteStreams
    {
        public IDuplexPipe Open(string name) => throw new NotSupportedException();
    }
}
