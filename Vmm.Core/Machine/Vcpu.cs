using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Machine;

/// <summary>A vCPU with the thread that runs it.</summary>
public sealed class Vcpu : IDisposable
{
    private const ulong FlagInterrupt = 1 << 9;

    private readonly MachineLifecycle _lifecycle;
    private readonly IPersonality _personality;
    private readonly VcpuParking _parking;
    private readonly ManualResetEventSlim _started = new();
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _kickGate = new();

    // Null unless the thread lives: a kick must reach neither a thread that is gone (its id may be another's) nor a page that is unmapped.
    private KickSignal? _kick;
    private volatile bool _wakeRequested;
    private volatile bool _haltInquired;
    private volatile bool _haltedForGood;
    private bool _disposed;

    internal Vcpu(KvmVcpu kvm, int index, MachineLifecycle lifecycle, IPersonality personality, VcpuParking parking)
    {
        Kvm = kvm;
        Index = index;
        _lifecycle = lifecycle;
        _personality = personality;
        _parking = parking;
        _thread = new Thread(ThreadMain) { Name = $"vcpu{index}", IsBackground = true };
    }

    /// <summary>The vCPU in KVM.</summary>
    public KvmVcpu Kvm { get; }

    /// <summary>0 for the boot processor.</summary>
    public int Index { get; }

    /// <summary>x2APIC id.</summary>
    public uint ApicId => (uint)Kvm.Id;

    /// <summary>General registers as of the last exit; see <see cref="KvmVcpu.Registers"/>.</summary>
    public ref KvmRegs Registers => ref Kvm.Registers;

    /// <summary>How often it exited.</summary>
    public ExitCounters Exits { get; } = new();

    /// <summary>Id of its thread in the kernel; null unless that lives.</summary>
    public int? ThreadId
    {
        get
        {
            lock (_kickGate)
            {
                return _kick?.ThreadId;
            }
        }
    }

    /// <summary>Whether something waits for this vCPU to come round: long work should be cut short.</summary>
    public bool IsWanted => _lifecycle.Command != VcpuCommand.Run || Kvm.Area.ImmediateExit != 0;

    /// <summary>Whether it has been told to run its first instruction.</summary>
    public bool IsStarted => _started.IsSet;

    /// <summary>What the last <see cref="InquireHalt"/> found: no interrupt will ever make it run.</summary>
    internal bool IsHaltedForGood => !IsStarted || _haltedForGood;

    /// <summary>Where an application processor begins; set before <see cref="Start"/>.</summary>
    public ulong? EntryPoint { get; private set; }

    /// <summary>Lets a waiting vCPU run.</summary>
    /// <param name="entryPoint">First instruction, where the personality's own does not apply.</param>
    public void Start(ulong? entryPoint = null)
    {
        EntryPoint = entryPoint;
        _started.Set();
    }

    /// <summary>Sleeps until an interrupt, at the next entry (the guest's HLT). The vCPU's own thread calls it.</summary>
    public void Halt() => Kvm.SetMpState(KvmMpState.Halted);

    /// <summary>Any thread: ends a <see cref="Halt"/> without an interrupt.</summary>
    public void Wake()
    {
        _wakeRequested = true;
        Kick();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            JoinThread();
            Kvm.Dispose();
            _started.Dispose();
            _stopping.Dispose();
        }
    }

    /// <summary>Any thread: has the vCPU find out whether it is halted for good.</summary>
    internal void InquireHalt()
    {
        _haltedForGood = false;
        _haltInquired = true;
        Kick();
    }

    internal void StartThread()
    {
        _parking.Enter();
        _thread.Start();
    }

    /// <summary>Waits for the thread to end; the machine must have been told to stop.</summary>
    internal void JoinThread()
    {
        _stopping.Cancel();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    /// <summary>Any thread, at any time: makes the vCPU look at its requests soon.</summary>
    internal void Kick()
    {
        lock (_kickGate)
        {
            _kick?.Send();
        }
    }

    private void ThreadMain()
    {
        try
        {
            var kick = new KickSignal(Kvm);
            SetKick(kick);
            if (WaitForStart())
            {
                _personality.PrepareVcpu(this);
                Loop(kick);
            }
        }
        catch (Exception e)
        {
            _lifecycle.End(new MachineOutcome(MachineOutcomeKind.HostError, $"vCPU {Index}: {e.Message}") { Cause = e });
        }
        finally
        {
            SetKick(null);
            _parking.Leave();
        }
    }

    private void SetKick(KickSignal? kick)
    {
        lock (_kickGate)
        {
            _kick = kick;
        }
    }

    private bool WaitForStart()
    {
        _parking.Park();
        try
        {
            _started.Wait(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // An application processor that the guest never started.
        }

        return _parking.Unpark(_lifecycle) && _started.IsSet;
    }

    private void Loop(KickSignal kick)
    {
        while (_lifecycle.Command == VcpuCommand.Run || _parking.WaitWhilePaused(_lifecycle))
        {
            int result = Kvm.Run();
            VcpuExit exit = VcpuExit.From(Kvm, result);
            Exits.Add(exit.Kind);
            if (exit.Kind == VcpuExitKind.Interrupted)
            {
                kick.Drain();
                AnswerRequests();
                continue;
            }

            _personality.Handle(this, in exit);
        }
    }

    private void AnswerRequests()
    {
        if (_wakeRequested)
        {
            _wakeRequested = false;
            if (Kvm.GetMpState() == KvmMpState.Halted)
            {
                Kvm.SetMpState(KvmMpState.Runnable);
            }
        }

        if (_haltInquired)
        {
            _haltInquired = false;
            _haltedForGood = Kvm.GetMpState() switch
            {
                KvmMpState.Halted => Kvm.HasRegisters && (Registers.Rflags & FlagInterrupt) == 0,
                KvmMpState.Runnable => false,
                _ => true, // waits for another vCPU's INIT or STARTUP
            };
        }
    }
}
