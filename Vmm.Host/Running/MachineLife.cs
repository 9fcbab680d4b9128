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
    private IReadOnlyList<Vcpu> _vcpus = [];

    /// <summary>Steers the machine.</summary>
    public MachineLifecycle Lifecycle { get; } = scope.ServiceProvider.GetRequiredService<MachineLifecycle>();

    /// <summary>What its parts have counted.</summary>
    public LifeCounts Counts() => LifeCounts.Collect(_vcpus, scope.ServiceProvider);

    /// <summary>Builds the machine, runs it and waits for its end.</summary>
    /// <param name="patience">How long to wait for readers of its output.</param>
    /// <param name="starting">Called when the machine is built and about to run.</param>
    public MachineOutcome Run(TimeSpan patience, Action starting)
    {
        IServiceProvider services = scope.ServiceProvider;
        using VirtualMachine machine = services.GetRequiredService<VirtualMachine>();
        _vcpus = machine.Vcpus;
        starting();
        MachineOutcome outcome = RunToEnd(machine, services);

        // The vCPUs have to be gone, or there would be no last byte of output.
        machine.Dispose();
        Flush(services.GetRequiredService<MachineDevices>(), patience);
        return outcome;
    }

    public ValueTask DisposeAsync() => scope.DisposeAsync();

    private static MachineOutcome RunToEnd(VirtualMachine machine, IServiceProvider services)
    {
        // Where all vCPUs run from the start, they wait at the mailbox themselves.
        ulong? mailbox = services.GetRequiredService<IPersonality>().StartsAllVcpus ? null : services.GetRequiredService<BootedKernel>().MailboxAddress;
        using MailboxWatcher? watcher = mailbox is { } address
            ? new MailboxWatcher(services.GetRequiredService<GuestMemory>(), address, machine.Vcpus)
            : null;
        services.GetService<MeasuredLaunch>()?.Complete();
        machine.Start();
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
