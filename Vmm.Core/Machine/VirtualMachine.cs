using Vmm.Core.Kvm;

namespace Vmm.Core.Machine;

/// <summary>
/// One life of a machine, from power-on to its outcome. A reset is a new life: a TD cannot be reset, only built anew, and an ordinary guest
/// gains a fresh start without leftovers.
/// </summary>
public sealed class VirtualMachine : IDisposable
{
    // A guest that spins where KVM emulates it is left only after a batch of instructions; far more than that means a hang of the host.
    private static readonly TimeSpan PauseTimeout = TimeSpan.FromSeconds(10);

    private readonly KvmVm _vm;
    private readonly Vcpu[] _vcpus;
    private readonly bool _startsAll;
    private readonly VcpuParking _parking = new();
    private readonly MachineLifecycle _lifecycle;
    private HaltWatchdog? _watchdog;
    private bool _started;
    private bool _disposed;

    /// <summary>Creates the VM and its vCPUs; nothing runs yet.</summary>
    /// <param name="vm">A new VM; the machine owns it.</param>
    /// <param name="vcpuCount">Number of vCPUs, at least 1; APIC ids are 0 and up.</param>
    /// <param name="lifecycle">Steers it.</param>
    /// <param name="personality">What exits mean.</param>
    /// <exception cref="KvmException">KVM refuses; the VM is disposed of.</exception>
    public VirtualMachine(KvmVm vm, int vcpuCount, MachineLifecycle lifecycle, IPersonality personality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vcpuCount, 1);
        _vm = vm;
        _lifecycle = lifecycle;
        _startsAll = personality.StartsAllVcpus;
        _vcpus = new Vcpu[vcpuCount];
        try
        {
            personality.PrepareVm(vm);
            for (int i = 0; i < vcpuCount; i++)
            {
                _vcpus[i] = new Vcpu(vm.CreateVcpu(i), i, lifecycle, personality, _parking);
            }

            personality.PrepareVcpus(vm, _vcpus);
        }
        catch
        {
            Dispose();
            throw;
        }

        lifecycle.Interrupt = KickAll;
    }

    /// <summary>The vCPUs; the first is the boot processor.</summary>
    public IReadOnlyList<Vcpu> Vcpus => _vcpus;

    /// <summary>Where the machine is in its life.</summary>
    public MachineState State => _lifecycle.Command switch
    {
        VcpuCommand.Stop => MachineState.Ended,
        VcpuCommand.Pause => MachineState.Paused,
        _ => _started ? MachineState.Running : MachineState.Created,
    };

    /// <summary>Completes when the machine has ended.</summary>
    public Task<MachineOutcome> Ended => _lifecycle.Ended;

    /// <summary>Runs the boot processor, and the others too if the personality wants that; else they wait for the guest to start them.</summary>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _started = true;
        foreach (Vcpu vcpu in _vcpus)
        {
            vcpu.StartThread();
            if (_startsAll || vcpu.Index == 0)
            {
                vcpu.Start();
            }
        }

        _watchdog = new HaltWatchdog(_vcpus, _lifecycle, TimeProvider.System);
    }

    /// <summary>
    /// Parks all vCPUs; returns when the guest stands still. A machine that was not started yet will start paused; one that has ended stays so.
    /// </summary>
    /// <exception cref="TimeoutException">A vCPU did not come out of the kernel; the machine still pauses as soon as it does.</exception>
    public void Pause()
    {
        _lifecycle.TrySwitch(VcpuCommand.Run, VcpuCommand.Pause);
        if (!_parking.WaitUntilAllParked(_lifecycle, PauseTimeout))
        {
            throw new TimeoutException($"a vCPU did not stop within {PauseTimeout.TotalSeconds:0} s");
        }
    }

    /// <summary>Lets a paused machine go on.</summary>
    public void Resume()
    {
        _lifecycle.TrySwitch(VcpuCommand.Pause, VcpuCommand.Run);
        _parking.Release();
    }

    /// <summary>Ends the machine from outside.</summary>
    /// <param name="reason">One sentence for the user.</param>
    public void Stop(string reason) => _lifecycle.End(new MachineOutcome(MachineOutcomeKind.Stopped, reason));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _watchdog?.Dispose();
        Stop("the machine was disposed of");
        _parking.Release();

        // All threads end before any vCPU goes: an exit that is still being served may touch the other vCPUs.
        foreach (Vcpu? vcpu in _vcpus)
        {
            vcpu?.JoinThread();
        }

        foreach (Vcpu? vcpu in _vcpus)
        {
            vcpu?.Dispose();
        }

        _vm.Dispose();
    }

    private void KickAll()
    {
        _parking.Release();
        foreach (Vcpu vcpu in _vcpus)
        {
            vcpu.Kick();
        }
    }
}
