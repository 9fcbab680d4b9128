using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Boot;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Host.Composition;
using Vmm.Host.Errors;
using Vmm.Host.Terminal;

namespace Vmm.Host.Running;

/// <summary>Runs a machine in this process.</summary>
public sealed class MachineRunner : IMachineRunner
{
    /// <inheritdoc/>
    public int Run(RunRequest request)
    {
        var plan = MachinePlan.Create(request.Config);
        using KvmSystem kvm = KvmSystem.Open();
        using var console = new HostConsole(() => { });
        var services = new ServiceCollection();
        services.AddMachine(plan, kvm, new HostByteStreams(console));
        ServiceProvider provider = services.BuildServiceProvider();
        AsyncServiceScope scope = provider.CreateAsyncScope();
        VirtualMachine machine = scope.ServiceProvider.GetRequiredService<VirtualMachine>();
        BootedKernel kernel = scope.ServiceProvider.GetRequiredService<BootedKernel>();
        using var mailbox = kernel.MailboxAddress is { } address ? new MailboxWatcher(scope.ServiceProvider.GetRequiredService<GuestMemory>(), address, machine.Vcpus) : null;
        machine.Start();
        MachineOutcome outcome = machine.Ended.GetAwaiter().GetResult();
        scope.ServiceProvider.GetRequiredService<MachineDevices>().FlushAsync(CancellationToken.None).GetAwaiter().GetResult();
        scope.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Console.Error.WriteLine(outcome);
        return outcome.ExitCode;
    }
}
