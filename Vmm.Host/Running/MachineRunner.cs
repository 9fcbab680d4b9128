using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;
using Vmm.Host.Terminal;
using Vmm.Tdx.Abi;

namespace Vmm.Host.Running;

/// <summary>Runs a machine in this process, from its first life to its last.</summary>
public sealed class MachineRunner : IMachineRunner
{
    // Output that nobody reads must not keep the process from ending for good.
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public int Run(RunRequest request)
    {
        MachinePlan plan = MachinePlan.Create(request.Config);
        using RunStatistics statistics = new(request.StatsFile);
        using RunTrace? trace = RunTrace.Create(request);
        using KvmSystem kvm = KvmSystem.Open();
        plan = BackendChoice.Settle(plan, kvm, new HostFiles());
        plan.CheckHost(kvm, new HostFiles());
        if (trace is not null && plan.IsHardwareTd)
        {
            throw new UserErrorException(ExitCode.Usage, "--trace: on TDX hardware TDCALLs are the processor's own affair; leave the option out, or use --backend emulated");
        }

        using StopRequests stop = new();
        using HostConsole console = new(quit: () => stop.Request(ExitCode.Interrupted));
        HostByteStreams streams = new(console);
        ServiceProvider services = Compose(plan, kvm, streams, console, trace);
        trace?.Start(services.GetRequiredService<GpaWidth>());

        // Said once all is known to be right: a mistake is to be the only line there is.
        bool announced = plan.Config.Guest != GuestKind.Td || plan.IsHardwareTd;
        void Announce()
        {
            if (!announced)
            {
                announced = true;
                console.Say("emulated TD: it gives no confidentiality; for development and tests only");
            }
        }

        int? code = null;
        while (code is null)
        {
            MachineOutcome outcome = Live(services, stop, statistics, Announce);
            streams.CloseAll(OutputPatience);
            code = Outcomes.Follow(outcome, plan.Config, stop.Code, console.Say);
        }

        trace?.Finish(console.Say);
        statistics.Write(code.Value);
        return code.Value;
    }

    private static ServiceProvider Compose(MachinePlan plan, KvmSystem kvm, HostByteStreams streams, HostConsole console, RunTrace? trace)
    {
        ServiceCollection services = new();
        services.AddSingleton(console);
        services.AddSingleton(typeof(ILogger<>), typeof(ConsoleLogger<>));
        services.AddMachine(plan, kvm, streams);
        trace?.Register(services);
        return services.BuildServiceProvider();
    }

    private static MachineOutcome Live(ServiceProvider services, StopRequests stop, RunStatistics statistics, Action starting)
    {
        MachineLife life = new(services.CreateAsyncScope());
        try
        {
            stop.Watch(life.Lifecycle);
            MachineOutcome outcome = life.Run(OutputPatience, starting);
            statistics.Add(life.Counts());
            return outcome;
        }
        finally
        {
            life.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
