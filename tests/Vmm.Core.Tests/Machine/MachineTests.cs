using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Core.Tests.Machine;

/// <summary>Life and death of machines on real KVM. Time-outs only end a hang: no test depends on how fast something is.</summary>
[Collection(nameof(MachineCollection))]
public sealed class MachineTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    [KvmFact]
    public async Task Start_GuestPowersOff_EndsWithItsOutcome()
    {
        using TestMachine test = new(c =>
        {
            c.mov(al, 7);
            c.@out(0x80, al);
            TestMachine.Spin(c);
        });
        test.Personality.OnPort = (vcpu, _) => test.Lifecycle.RequestExit(vcpu.Kvm.IoData[0], "test port");
        Assert.Equal(MachineState.Created, test.Machine.State);

        test.Machine.Start();
        MachineOutcome outcome = await test.Machine.Ended.WaitAsync(Hang);

        Assert.Equal(new MachineOutcome(MachineOutcomeKind.GuestExit, "the guest ended with exit code 7 (test port)", 7), outcome);
        Assert.Equal(MachineState.Ended, test.Machine.State);
    }

    [KvmFact]
    public async Task Stop_SpinningGuest_Ends()
    {
        using TestMachine test = await StartSpinning();

        test.Machine.Stop("enough");

        Assert.Equal(new MachineOutcome(MachineOutcomeKind.Stopped, "enough"), await test.Machine.Ended.WaitAsync(Hang));
    }

    [KvmFact]
    public async Task End_SeveralOutcomes_FirstWins()
    {
        using TestMachine test = await StartSpinning();

        test.Lifecycle.RequestPowerOff("first");
        test.Lifecycle.RequestReset("second");
        test.Machine.Stop("third");

        Assert.Equal(MachineOutcomeKind.PowerOff, (await test.Machine.Ended).Kind);
    }

    [KvmFact]
    public async Task Personality_Throws_EndsWithHostError()
    {
        using TestMachine test = new(TestMachine.SayReadyAndSpin);
        var bug = new InvalidOperationException("a bug");
        test.Personality.OnPort = (_, _) => throw bug;

        test.Machine.Start();
        MachineOutcome outcome = await test.Machine.Ended.WaitAsync(Hang);

        Assert.Equal((MachineOutcomeKind.HostError, "vCPU 0: a bug"), (outcome.Kind, outcome.Message));
        Assert.Same(bug, outcome.Cause);
    }

    [KvmFact]
    public void Construct_PersonalityFails_LeavesNothing()
    {
        using KvmSystem system = KvmSystem.Open();
        using PortPersonality personality = new(TestMachine.Spin) { OnPrepareVm = () => throw new InvalidOperationException("no") };
        HostResources before = HostResources.Count();

        Assert.Throws<InvalidOperationException>(() => new VirtualMachine(system.CreateVm(), 1, new MachineLifecycle(), personality));

        Assert.Equal(before, HostResources.Count());
    }

    [KvmFact]
    public async Task Pause_SpinningGuest_StandsStillUntilResumed()
    {
        using TestMachine test = await StartSpinning();

        test.Machine.Pause();
        Assert.Equal(MachineState.Paused, test.Machine.State);
        long exits = test.Machine.Vcpus[0].Exits.Total;
        test.Machine.Pause();
        Assert.Equal(exits, test.Machine.Vcpus[0].Exits.Total);
        test.Machine.Resume();

        Assert.Equal(MachineState.Running, test.Machine.State);
        Assert.False(test.Machine.Ended.IsCompleted);
    }

    [KvmFact]
    public async Task Pause_ChatteringGuest_ServesNothingWhilePaused()
    {
        long served = 0;
        using TestMachine test = new(TestMachine.Chatter);
        using SemaphoreSlim progress = new(0);
        test.Personality.OnPort = (_, _) =>
        {
            Interlocked.Increment(ref served);
            progress.Release();
        };
        test.Machine.Start();

        for (int round = 0; round < 20; round++)
        {
            await progress.WaitAsync(Hang);
            test.Machine.Pause();
            long paused = Interlocked.Read(ref served);
            Thread.Yield();
            Assert.Equal(paused, Interlocked.Read(ref served));
            while (progress.Wait(0))
            {
                // What was served before the pause.
            }

            test.Machine.Resume();
        }

        Assert.True(await progress.WaitAsync(Hang));
    }

    [KvmFact]
    public async Task Pause_RightAfterStart_KeepsThePersonalityFromRunning()
    {
        for (int i = 0; i < 20; i++)
        {
            using TestMachine test = new(TestMachine.SayReadyAndSpin, vcpus: 2);
            TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
            test.Personality.OnPort = (_, _) => ready.TrySetResult();

            test.Machine.Start();
            test.Machine.Pause();
            int prepared = test.Personality.Prepared;
            Assert.InRange(prepared, 0, 1);
            Thread.Yield();
            Assert.Equal(prepared, test.Personality.Prepared);
            test.Machine.Resume();
            await ready.Task.WaitAsync(Hang);
        }
    }

    [KvmFact]
    public async Task Pause_BeforeStart_StartsPaused()
    {
        using TestMachine test = new(TestMachine.SayReadyAndSpin);
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Personality.OnPort = (_, _) => ready.TrySetResult();

        test.Machine.Pause();
        test.Machine.Start();
        test.Machine.Pause();
        Assert.Equal((MachineState.Paused, 0), (test.Machine.State, test.Personality.Prepared));
        test.Machine.Resume();

        await ready.Task.WaitAsync(Hang);
    }

    [KvmFact]
    public async Task Pause_Ended_HasNoEffect()
    {
        using TestMachine test = await StartSpinning();
        test.Machine.Stop("enough");

        test.Machine.Pause();
        test.Machine.Resume();

        Assert.Equal(MachineState.Ended, test.Machine.State);
    }

    [KvmFact]
    public async Task Stop_PausedGuest_Ends()
    {
        using TestMachine test = await StartSpinning();
        test.Machine.Pause();

        test.Machine.Stop("enough");

        Assert.Equal(MachineOutcomeKind.Stopped, (await test.Machine.Ended.WaitAsync(Hang)).Kind);
    }

    [KvmFact]
    public async Task ApplicationProcessor_Started_RunsFromItsOwnThread()
    {
        using TestMachine test = new(TestMachine.SayReadyAndSpin, vcpus: 3);
        TaskCompletionSource<(int Index, ulong? Entry)> second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Personality.OnPort = (vcpu, _) =>
        {
            if (vcpu.Index == 0)
            {
                test.Machine.Vcpus[2].Start(0x1234);
            }
            else
            {
                second.TrySetResult((vcpu.Index, vcpu.EntryPoint));
            }
        };

        test.Machine.Start();

        Assert.Equal((2, 0x1234ul), await second.Task.WaitAsync(Hang));
        Assert.Equal([true, false, true], test.Machine.Vcpus.Select(vcpu => vcpu.IsStarted));
        Assert.Equal(2, test.Personality.Prepared);
        test.Machine.Pause();
        test.Machine.Resume();
    }

    [KvmFact]
    public async Task Kick_TwoHundredTimesDuringCollections_LosesNeitherGuestNorKick()
    {
        using TestMachine test = await StartSpinning();
        Vcpu vcpu = test.Machine.Vcpus[0];

        for (int i = 0; i < 200; i++)
        {
            long before = vcpu.Exits[VcpuExitKind.Interrupted];
            vcpu.Kick();
            GC.Collect(0); // suspends threads as they come out of KVM_RUN, which must not cost them the error number
            Assert.True(SpinWait.SpinUntil(() => vcpu.Exits[VcpuExitKind.Interrupted] > before, Hang), $"kick {i} was lost");
        }

        Assert.False(test.Machine.Ended.IsCompleted, test.Machine.Ended.IsCompleted ? (await test.Machine.Ended).Message : "");
        Assert.Equal(0, vcpu.Exits[VcpuExitKind.Failed]);
    }

    [KvmFact]
    public async Task Kick_ManyThreadsWhileDisposed_HitsNothing()
    {
        for (int i = 0; i < 10; i++)
        {
            TestMachine test = await StartSpinning();
            using CancellationTokenSource enough = new();
            Task[] kickers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                while (!enough.IsCancellationRequested)
                {
                    test.Machine.Vcpus[0].Kick();
                }
            }))];

            test.Dispose();
            test.Machine.Vcpus[0].Kick();
            await enough.CancelAsync();
            await Task.WhenAll(kickers);
        }
    }

    [KvmTheory]
    [InlineData("constructed")]
    [InlineData("starting")]
    [InlineData("spinning")]
    [InlineData("paused")]
    [InlineData("ended")]
    [InlineData("failed")]
    public async Task Dispose_AtAnyStage_LeavesNoThreadNoFileAndNoPage(string stage)
    {
        HostResources before = HostResources.Count();
        TestMachine test = new(TestMachine.SayReadyAndSpin, vcpus: 3);
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Personality.OnPort = (_, _) =>
        {
            ready.TrySetResult();
            if (stage == "failed")
            {
                throw new InvalidOperationException("a bug");
            }
        };
        Assert.NotEqual(before, HostResources.Count());
        if (stage != "constructed")
        {
            test.Machine.Start();
        }

        if (stage is not ("constructed" or "starting"))
        {
            await ready.Task.WaitAsync(Hang);
        }

        switch (stage)
        {
            case "paused":
                test.Machine.Pause();
                break;
            case "ended":
                test.Machine.Stop("enough");
                break;
            case "failed":
                await test.Machine.Ended.WaitAsync(Hang);
                break;
        }

        test.Dispose();
        test.Machine.Dispose();

        Assert.Equal(before, HostResources.Count());
        Assert.True(SpinWait.SpinUntil(() => HostResources.CountVcpuThreads() == 0, Hang)); // joined a moment before the kernel forgets them
        Assert.True(test.Machine.Ended.IsCompletedSuccessfully);
        Assert.Throws<ObjectDisposedException>(test.Machine.Start);
    }

    [KvmFact]
    public async Task Dispose_WhileOthersPauseResumeAndEnd_IsQuiet()
    {
        for (int i = 0; i < 20; i++)
        {
            TestMachine test = await StartSpinning();
            Task[] others =
            [
                Task.Run(test.Machine.Pause),
                Task.Run(test.Machine.Resume),
                Task.Run(() => test.Lifecycle.RequestPowerOff("other")),
            ];

            test.Dispose();
            await Task.WhenAll(others).WaitAsync(Hang);
            await test.Machine.Ended.WaitAsync(Hang);
        }
    }

    [KvmFact]
    public void VcpuCount_Zero_IsRefused()
    {
        using KvmSystem system = KvmSystem.Open();
        using KvmVm vm = system.CreateVm();
        using PortPersonality personality = new(TestMachine.Spin);

        Assert.Throws<ArgumentOutOfRangeException>(() => new VirtualMachine(vm, 0, new MachineLifecycle(), personality));
    }

    private static async Task<TestMachine> StartSpinning()
    {
        TestMachine test = new(TestMachine.SayReadyAndSpin);
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Personality.OnPort = (_, _) => ready.TrySetResult();
        test.Machine.Start();
        await ready.Task.WaitAsync(Hang);
        return test;
    }
}
