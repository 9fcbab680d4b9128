using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Boot;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Host.Composition;

namespace Vmm.Host.Running;

/// <summary>One life of a machine: a scope of services, from power-on to the outcome.</summary>
/// <param name="scope">The machine's services; disposed of with this.</param>
internal sealed class MachineLife(AsyncServiceScope scope) : IAsyncDisposable
{
    /// <summary>How long readers of the output are waited for: output that nobody reads must not keep the process from ending for good.</summary>
    public static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(5);

    private VirtualMachine? _machine;

    /// <summary>Steers the machine.</summary>
    public MachineLifecycle Lifecycle { get; } = scope.ServiceProvider.GetRequiredService<MachineLifecycle>();

    /// <summary>The machine's services.</summary>
    public IServiceProvider Services => scope.ServiceProvider;

    /// <summary>What its parts have counted.</summary>
    public LifeCounts Counts() => LifeCounts.Collect(_machine?.Vcpus ?? [], scope.ServiceProvider);

    /// <summary>Parks all vCPUs; returns when the guest stands still, or has ended.</summary>
    /// <exception cref="TimeoutException">A vCPU did not come out of the kernel.</exception>
    public void Pause() => _machine?.Pause();

    /// <summary>Lets a paused guest go on.</summary>
    public void Resume() => _machine?.Resume();

    /// <summary>Builds the machine, runs it and waits for its end.</summary>
    /// <param name="patience">How long to wait for readers of its output.</param>
    /// <param name="starting">Called when the machine is built and about to run.</param>
    /// <param name="started">Called when its vCPUs run.</param>
    public MachineOutcome Run(TimeSpan patience, Action starting, Action? started = null)
    {
        IServiceProvider services = scope.ServiceProvider;
        _ = services.GetService<LaunchFileHashing>(); // begins now, beside all that follows
        using VirtualMachine machine = services.GetRequiredService<VirtualMachine>();
        _machine = machine;
        starting();
        MachineOutcome outcome = RunToEnd(machine, services, started);

        // The vCPUs have to be gone, or there would be no last byte of output.
        machine.Dispose();
        Flush(services.GetRequiredService<MachineDevices>(), patience);
        return outcome;
    }

    public ValueTask DisposeAsync() => scope.DisposeAsync();

    private static MachineOutcome RunToEnd(VirtualMachine machine, IServiceProvider services, Action? started)
    {
        // Where all vCPUs run from the start, they wait at the mailbox themselves.
        ulong? mailbox = services.GetRequiredService<IPersonality>().StartsAllVcpus ? null : services.GetRequiredService<BootedKernel>().MailboxAddress;
        using MailboxWatcher? watcher = mailbox is { } address
            ? new MailboxWatcher(services.GetRequiredService<GuestMemory>(), address, machine.Vcpus)
            : null;
        services.GetService<MeasuredLaunch>()?.Complete();
        machine.Start();
        started?.Invoke();
        return machine.Ended.GetAwaiter().GetResult();
    }

    private static void Flush(MachineDevices devices, TimeSpan patience)
    {
        using CancellationTokenSource timeout = new(patience);
        try
        {
            devices.FlushAsync(timeout.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Nobody reads: what is left goes with the process.
        }
    }
}
