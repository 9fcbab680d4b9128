using Vmm.Core.Interop;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Machine;

/// <summary>A vCPU with the thread that runs it.</summary>
public sealed class Vcpu : IDisposable
{
    private readonly MachineLifecycle _lifecycle;
    private readonly IPersonality _personality;
    private readonly VcpuParking _parking;
    private readonly ManualResetEventSlim _started = new();
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopping = new();
    private KickSignal? _kick;

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

    /// <summary>Whether something waits for this vCPU to come round: long work should be cut short.</summary>
    public bool IsWanted => _lifecycle.Command != VcpuCommand.Run || Kvm.Area.ImmediateExit != 0;

    /// <summary>Whether it has been told to run its first instruction.</summary>
    public bool IsStarted => _started.IsSet;

    /// <summary>Where an application processor begins; set before <see cref="Start"/>.</summary>
    public ulong? EntryPoint { get; private set; }

    /// <summary>Lets a waiting vCPU run.</summary>
    /// <param name="entryPoint">First instruction, where the personality's own does not apply.</param>
    public void Start(ulong? entryPoint = null)
    {
        EntryPoint = entryPoint;
        _started.Set();
    }

    /// <summary>Sleeps until an interrupt, at the next entry (the guest's HLT).</summary>
    public void Halt() => Kvm.SetMpState(KvmMpState.Halted);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        Kvm.Dispose();
        _started.Dispose();
        _stopping.Dispose();
    }

    internal void StartThread() => _thread.Start();

    internal void Kick() => Volatile.Read(ref _kick)?.Send();

    private void ThreadMain()
    {
        try
        {
            Volatile.Write(ref _kick, new KickSignal(Kvm));
            _parking.Enter();
            WaitForStart();
            _personality.PrepareVcpu(this);
            Loop();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // An application processor that the guest never started.
        }
        catch (Exception e)
        {
            _lifecycle.End(new MachineOutcome(MachineOutcomeKind.HostError, $"vCPU {Index}: {e.Message}") { Cause = e });
        }
        finally
        {
            _parking.Leave();
        }
    }

    private void WaitForStart()
    {
        _parking.Park();
        try
        {
            _started.Wait(_stopping.Token);
        }
        finally
        {
            _parking.Unpark();
        }
    }

    private void Loop()
    {
        while (_lifecycle.Command == VcpuCommand.Run || _parking.WaitWhilePaused(_lifecycle))
        {
            int result = Kvm.Run();
            VcpuExit exit = VcpuExit.From(Kvm, result);
            Exits.Add(exit.Kind);
            if (exit.Kind == VcpuExitKind.Interrupted)
            {
                _kick!.Drain();
                continue;
            }

            _personality.Handle(this, in exit);
        }
    }
}
