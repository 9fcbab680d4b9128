using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Listening;
using Vmm.Host.Control.Errors;
using Vmm.Testing;
using static Vmm.Host.Control.Api.Event.Types;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>A state folder on a file system that gets full.</summary>
public sealed class FullDiskTests : IAsyncDisposable
{
    private readonly DirectoryInfo _mount = Directory.CreateTempSubdirectory("vmm-full-");
    private DaemonUnderTest? _daemon;
    private bool _mounted;

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }

        if (_mounted)
        {
            Run("umount", _mount.FullName);
        }

        _mount.Delete();
    }

    [Fact]
    public async Task Create_DiskFull_IsRefusedAndNothingIsLost()
    {
        DaemonUnderTest daemon = await OnSmallDiskAsync();
        Machine first = await daemon.Machines.CreateAsync(SupervisorBench.Definition("first", "stay"));
        Machine running = await daemon.Machines.StartAsync(new StartRequest { Name = "first" });
        string filler = Path.Combine(_mount.FullName, "filler");
        Fill(filler);

        CreateRequest create = SupervisorBench.Definition("second", "stay");
        create.RequestId = "second-1";
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await daemon.Machines.CreateAsync(create));
        Assert.Equal((StatusCode.ResourceExhausted, ControlReason.NoRoom), (refusal.StatusCode, refusal.Reason()));
        Assert.Equal("first", Assert.Single((await daemon.Machines.ListAsync(new ListRequest())).Machines).Name);

        // What happens while nothing can be written is told afterwards.
        Process.GetProcessById(running.Pid).Kill();
        await daemon.Machines.WaitAsync(new WaitRequest { Name = "first" });
        Assert.Equal(State.Ended, (await daemon.Machines.GetAsync(new GetRequest { Name = "first" })).State);
        File.Delete(filler);
        Assert.Equal("second", (await daemon.Machines.CreateAsync(create)).Name);
        using AsyncServerStreamingCall<Event> watch = daemon.Machines.Watch(new WatchRequest { After = 0 });
        List<(Kind, string)> told = [];
        while (told.Count < 5 && await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            told.Add((watch.ResponseStream.Current.Kind, watch.ResponseStream.Current.Machine));
        }

        Assert.Equal([(Kind.Created, "first"), (Kind.Starting, "first"), (Kind.Running, "first"), (Kind.Ended, "first"), (Kind.Created, "second")], told);
        await daemon.StopAsync();
        await daemon.StartAsync();
        Assert.Equal(["first", "second"], (await daemon.Machines.ListAsync(new ListRequest())).Machines.Select(machine => machine.Name));
        Assert.Equal(first.CreatedAt, (await daemon.Machines.GetAsync(new GetRequest { Name = "first" })).CreatedAt);
    }

    [KvmFact]
    public async Task RunningTd_DiskFull_WhatHappensMeanwhileIsToldAfterwards()
    {
        MountSmallDisk();
        await using RealDaemon daemon = new(Path.Combine(_mount.FullName, "state"));
        await daemon.StartAsync();
        Machines.MachinesClient machines = daemon.Machines;
        await machines.CreateAsync(daemon.Definition("a"));
        await machines.StartAsync(new StartRequest { Name = "a" });
        string filler = Path.Combine(_mount.FullName, "filler");
        Fill(filler);

        Assert.Equal(State.Paused, (await machines.PauseAsync(new PauseRequest { Name = "a" })).State);
        Assert.Equal(State.Running, (await machines.ResumeAsync(new ResumeRequest { Name = "a" })).State);
        const int Resets = 50; // more than the last page of its file has room for
        for (int i = 1; i <= Resets; i++)
        {
            Assert.Equal(i, (await machines.ResetAsync(new ResetRequest { Name = "a" })).Resets);
        }

        File.Delete(filler);
        using AsyncServerStreamingCall<Event> watch = machines.Watch(new WatchRequest { After = 3 }, cancellationToken: TestContext.Current.CancellationToken);
        List<Event> told = [];
        while (told.Count(one => one.Kind == Kind.Reset) < Resets && await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            told.Add(watch.ResponseStream.Current);
        }

        Assert.Equal([Kind.Paused, Kind.Resumed], told.Take(2).Select(one => one.Kind));
        Assert.Equal(Enumerable.Range(4, told.Count).Select(number => (ulong)number), told.Select(one => one.Sequence));
        Assert.Equal((State.Running, (long)Resets), await StateAsync(machines));
        Assert.Equal(143, (await machines.KillAsync(new KillRequest { Name = "a" })).Exit.Code);
    }

    private static async Task<(State State, long Resets)> StateAsync(Machines.MachinesClient machines)
    {
        Machine machine = await machines.GetAsync(new GetRequest { Name = "a" });
        return (machine.State, machine.Resets);
    }

    private static void Fill(string file)
    {
        using FileStream filler = new(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (int size in new[] { 4096, 1 })
        {
            try
            {
                while (true)
                {
                    filler.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private void MountSmallDisk()
    {
        Assert.SkipUnless(UserCalls.EffectiveUser == 0, "only root can mount a small file system");
        const int Size = 512 << 10;
        Assert.SkipUnless(
            Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Size}"), "vmm-test", _mount.FullName), "a small file system cannot be mounted");
        _mounted = true;
    }

    private async Task<DaemonUnderTest> OnSmallDiskAsync()
    {
        MountSmallDisk();
        _daemon = new DaemonUnderTest { StatePath = Path.Combine(_mount.FullName, "state") };
        await _daemon.StartAsync();
        return _daemon;
    }
}
