using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vmm.Core.Kvm;
using Vmm.Core.Memory;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Consoles;
using Vmm.Host.Control.Serving;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;
using Vmm.Host.Running.Records;
using Vmm.Host.Terminal;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Running;

/// <summary>What surrounds a run: the services of its lives, those who are told of it, and what is kept of it.</summary>
internal sealed class RunSession : IRunHooks, IDisposable
{
    // Until then the runtime still compiles what has turned out to be used often.
    private static readonly TimeSpan StartIsOverAfter = TimeSpan.FromSeconds(3);

    private readonly RunRequest _request;
    private readonly MachineRun _run;
    private readonly ConsoleHub _hub;
    private readonly HostConsole _console;
    private readonly HostByteStreams _streams;
    private readonly TdTracer? _tracer;
    private RunFolder? _folder;
    private Task _published = Task.CompletedTask;
    private RunControl? _control;
    private ControlledRun? _machine;
    private RunStatistics? _statistics;
    private bool _announced;
    private bool _started;

    /// <summary>Prepares a run.</summary>
    internal RunSession(RunRequest request, MachineRun run, ConsoleHub hub, HostConsole console)
    {
        _request = request;
        _run = run;
        _hub = hub;
        _console = console;
        _streams = new HostByteStreams(console);
        _announced = request.IsRehearsal || request.Config.Guest != GuestKind.Td;

        // Whoever comes over the control API may want to see the calls; without subscribers that costs a look at an empty list a call.
        bool traceable = RunTrace.IsAsked(request) || request.ControlSocket is not null;
        _tracer = traceable && request.Config.Guest == GuestKind.Td ? new TdTracer() : null;
    }

    /// <summary>Runs the machine until it is over.</summary>
    /// <returns>The exit code.</returns>
    internal int Run()
    {
        try
        {
            return RunPrepared();
        }
        catch (Exception e)
        {
            _run.Fail(e, this);
            throw;
        }
        finally
        {
            _control?.Finish();
        }
    }

    void IRunHooks.Starting(MachineLife life)
    {
        _statistics!.Begin(life);

        // Said once all is known to be right: a mistake is to be the only line there is.
        if (!_announced)
        {
            _announced = true;
            _console.Say("emulated TD: it gives no confidentiality; for development and tests only");
        }
    }

    void IRunHooks.Started()
    {
        _control?.Serve(_machine!);
        if (!_started && !_request.IsRehearsal)
        {
            _started = true;
            _ = Task.Delay(StartIsOverAfter).ContinueWith(_ => CodePages.Release(), TaskScheduler.Default);
        }
    }

    void IRunHooks.LifeEnded() => _statistics!.End();

    void IRunHooks.LifeGone() => _streams.CloseAll(MachineLife.OutputPatience);

    void IRunHooks.Ended()
    {
        _hub.History?.Complete();
        UntilPublished();
        _folder?.Record(_run);
    }

    public void Dispose()
    {
        UntilPublished();
        _control?.Dispose();
        _statistics?.Dispose();
        _folder?.Dispose();
        _streams.Dispose();
    }

    private int RunPrepared()
    {
        using KvmOpening opening = new();
        RunNotices notices = RunNotices.FromEnvironment(_run.Config.Name);
        _folder = _request.RunFolder is { } path ? new RunFolder(path, _request.ControlSocket, _console.Say, notices.Tell) : null;
        _run.Happened = happened =>
        {
            if (happened.Event.Kind == RunEventKind.Reset)
            {
                _folder?.Record(_run); // it counts resets; before the event, which makes readers look
            }

            _folder?.Add(happened);
            notices.Tell(happened);
        };
        _published = Task.Run(Publish);
        ConsoleLog? log = _folder?.Log(_hub);
        var plan = MachinePlan.Create(_request.Config);
        _statistics = new RunStatistics(_request.StatsFile);
        using RunTrace? trace = RunTrace.Create(_request, _tracer);
        KvmSystem kvm = opening.Kvm;
        plan = BackendChoice.Settle(plan, kvm, new HostFiles());
        plan.CheckHost(kvm, new HostFiles());
        if (trace is not null && plan.IsHardwareTd)
        {
            throw new UserErrorException(ExitCode.Usage, "--trace: on TDX hardware TDCALLs are the processor's own affair; leave the option out, or use --backend emulated");
        }

        _announced |= plan.IsHardwareTd;
        ServiceProvider services = Compose(plan, kvm);
        _published.GetAwaiter().GetResult();
        _machine = new ControlledRun(_run, plan, _hub, log, plan.IsHardwareTd ? null : _tracer, _statistics, services);
        trace?.Start(services.GetRequiredService<GpaWidth>());
        int code = _run.Live(() => new MachineLife(services.CreateAsyncScope()), this);
        trace?.Finish(_console.Say);
        _statistics.Write(code);
        return code;
    }

    /// <summary>Lets others find the run, beside its preparation: its record, and where it listens.</summary>
    /// <exception cref="UserErrorException">It cannot listen there.</exception>
    private void Publish()
    {
        _folder?.Record(_run);
        _control = _request.ControlSocket is { } socket ? new RunControl(socket, _console.Say) : null;
    }

    private void UntilPublished() => Task.WaitAny(_published);

    private ServiceProvider Compose(MachinePlan plan, KvmSystem kvm)
    {
        ServiceCollection services = new();
        services.AddSingleton(_console);
        services.AddSingleton(typeof(ILogger<>), typeof(ConsoleLogger<>));
        services.AddMachine(plan, kvm, _streams);
        if (_tracer is not null)
        {
            services.AddSingleton<ITdCallObserver>(_tracer);
            services.AddSingleton<IVeObserver>(_tracer);
        }

        return services.BuildServiceProvider();
    }
}
