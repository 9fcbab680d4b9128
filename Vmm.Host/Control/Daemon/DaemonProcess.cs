using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Daemon.Listening;
using Vmm.Host.Control.Daemon.Store;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon;

/// <summary><c>vmm serve</c> from its start to its end. Machines go on after it.</summary>
internal static partial class DaemonProcess
{
    private const string SparesOutput = "spares.log";

    /// <summary>Serves until a signal or a client ends it.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="program">Runs machines.</param>
    /// <param name="errors">Takes the log.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">It cannot serve.</exception>
    public static async Task<int> RunAsync(ServeOptions options, VmmProgram program, TextWriter errors)
    {
        TimeProvider clock = TimeProvider.System;
        using DaemonLogger lines = new(errors, withPriorities: Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null, clock);
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddProvider(lines));
        ILogger logger = loggers.CreateLogger("daemon");

        using StateFolder state = StateFolder.Open(options.StateFolder);
        RuntimeFolder runtime = RuntimeFolder.Open(options.RuntimeFolder, open: options.GroupId is not null);
        await using EventJournal journal = Opened(state.Journal, path => EventJournal.Open(path, clock, logger));
        using RequestLedger ledger = Opened(state.Ledger, path => RequestLedger.Open(path, clock, logger));
        using ProcessWatcher watcher = new();
        string sparesOutput = Path.Combine(state.Path, SparesOutput);
        File.Delete(sparesOutput);
        using SparePool spares = new(program, runtime, watcher, options.Spares, sparesOutput, clock, loggers.CreateLogger<SparePool>());
        Launcher launcher = new(program, runtime, watcher, spares);
        MachineParts parts = new(journal, launcher, watcher, runtime, clock, loggers.CreateLogger<ManagedMachine>());

        using MachineRegistry machines = new(state, parts);
        using NoticeSocket notices = new(runtime.Notices, machines.Notice);
        await using WebApplication server = DaemonServer.Build(options, lines, services =>
        {
            services.AddSingleton(machines);
            services.AddSingleton(journal);
            services.AddSingleton(ledger);
            services.AddSingleton(spares);
        });
        await StartAsync(server);
        spares.Fill();

        using ServiceManager manager = new(Environment.GetEnvironmentVariable, () => machines.All.Count >= 0, clock);
        string where = string.Join(", ", options.Addresses);
        LogServing(logger, where, machines.All.Count);
        manager.Ready($"{machines.All.Count} machines");
        await WaitForEndAsync(server);
        manager.Stopping();
        parts.IsEnding = true;
        await server.StopAsync();
        LogEnd(logger);
        return (int)ExitCode.Success;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "serving at {Where}; {Count} machines")]
    private static partial void LogServing(ILogger logger, string where, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "ends; machines go on")]
    private static partial void LogEnd(ILogger logger);

    private static T Opened<T>(string path, Func<string, T> open)
    {
        try
        {
            return open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot be opened: {e.Message}");
        }
    }

    private static async Task StartAsync(WebApplication server)
    {
        try
        {
            await server.StartAsync();
        }
        catch (IOException e)
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"cannot listen: {e.Message}");
        }
    }

    private static async Task WaitForEndAsync(WebApplication server)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = server.Lifetime.ApplicationStopping.Register(end.SetResult);
        using PosixSignalRegistration term = On(PosixSignal.SIGTERM);
        using PosixSignalRegistration interrupt = On(PosixSignal.SIGINT);
        using PosixSignalRegistration hangUp = On(PosixSignal.SIGHUP);
        await end.Task;

        PosixSignalRegistration On(PosixSignal signal) =>
            PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                server.Lifetime.StopApplication();
            });
    }
}
