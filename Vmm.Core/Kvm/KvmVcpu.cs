using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Interop;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>A virtual CPU of KVM. Except for <see cref="RequestImmediateExit"/> it belongs to the thread that runs it.</summary>
public sealed unsafe partial class KvmVcpu : IDisposable
{
    private readonly IKvmSyscalls _syscalls;
    private readonly KvmHandle _handle;
    private readonly KvmRunArea* _run;
    private readonly int _runAreaSize;
    private readonly int _descriptor;
    private readonly RegisterAccess _registers;

    internal KvmVcpu(IKvmSyscalls syscalls, KvmHandle handle, int id, int runAreaSize, RegisterAccess registers)
    {
        _syscalls = syscalls;
        _handle = handle;
        _descriptor = handle.Descriptor;
        _runAreaSize = runAreaSize;
        Id = id;
        nint area = syscalls.Map(_descriptor, runAreaSize);
        if (area < 0)
        {
            KvmException.Throw("mapping a vCPU's shared page", (int)-area);
        }

        _run = (KvmRunArea*)area;
        _registers = registers;
        _run->ValidRegs = registers == RegisterAccess.SharedPage ? KvmSync.Regs : KvmSync.None;
    }

    /// <summary>vCPU id, which is its APIC id.</summary>
    public int Id { get; }

    /// <summary>The page shared with KVM.</summary>
    public ref KvmRunArea Area => ref *_run;

    /// <summary>
    /// The general registers as of the last exit. After changing them call <see cref="MarkRegistersDirty"/>. They travel in the shared page
    /// (KVM_CAP_SYNC_REGS), or by ioctl where the host lacks that; those of a TD on TDX hardware are zeros.
    /// </summary>
    public ref KvmRegs Registers => ref _run->Sync.Registers.Regs;

    /// <summary>Whether <see cref="Registers"/> are the guest's.</summary>
    public bool HasRegisters => _registers != RegisterAccess.None;

    /// <summary>The bytes of a KVM_EXIT_IO: read by OUT, to be filled for IN.</summary>
    public Span<byte> IoData
    {
        get
        {
            ref KvmExitIo io = ref _run->Exit.Io;
            ulong length = (ulong)io.Size * io.Count;
            ulong room = (ulong)_runAreaSize - Math.Min(io.DataOffset, (ulong)_runAreaSize);
            return length <= room ? new Span<byte>((byte*)_run + io.DataOffset, (int)length) : default;
        }
    }

    /// <summary>Loads <see cref="Registers"/> into the vCPU at the next entry.</summary>
    public void MarkRegistersDirty() => _run->DirtyRegs |= KvmSync.Regs;

    /// <summary>KVM_RUN.</summary>
    /// <returns>0, or a negated error number: -EINTR when kicked, -EFAULT when the guest touched memory that it must not.</returns>
    public int Run()
    {
        if (_registers == RegisterAccess.Ioctl)
        {
            return RunWithoutSync();
        }

        return _syscalls.Run(_descriptor);
    }

    /// <summary>Makes the current or next <see cref="Run"/> return EINTR; any thread may call it.</summary>
    public void RequestImmediateExit() => Volatile.Write(ref _run->ImmediateExit, 1);

    /// <summary>Takes the request back.</summary>
    public void ClearImmediateExit() => Volatile.Write(ref _run->ImmediateExit, 0);

    /// <summary>
    /// Lets KVM complete what the last exit left open (it writes the result of an IN, skips an instruction…) without running the guest.
    /// </summary>
    public void CompletePendingExit()
    {
        RequestImmediateExit();
        int result = Run();
        ClearImmediateExit();
        if (result != -Libc.EINTR)
        {
            KvmException.Check(result, "KVM_RUN (completion)");
        }
    }

    /// <summary>KVM_SET_CPUID2.</summary>
    public void SetCpuid(ReadOnlySpan<KvmCpuidEntry2> entries) =>
        KvmException.Check(new CpuidTable<KvmCpuid2>(default, entries).Pass(_handle, KvmIoctl.SetCpuid2), "KVM_SET_CPUID2");

    /// <summary>KVM_GET_SREGS.</summary>
    public void GetSregs(out KvmSregs sregs)
    {
        sregs = default;
        _handle.Ioctl(KvmIoctl.GetSregs, ref sregs, "KVM_GET_SREGS");
    }

    /// <summary>KVM_SET_SREGS.</summary>
    public void SetSregs(ref KvmSregs sregs) => _handle.Ioctl(KvmIoctl.SetSregs, ref sregs, "KVM_SET_SREGS");

    /// <summary>KVM_GET_REGS, past the shared page.</summary>
    public void GetRegs(out KvmRegs regs)
    {
        regs = default;
        _handle.Ioctl(KvmIoctl.GetRegs, ref regs, "KVM_GET_REGS");
    }

    /// <summary>KVM_SET_REGS, past the shared page.</summary>
    public void SetRegs(ref KvmRegs regs) => _handle.Ioctl(KvmIoctl.SetRegs, ref regs, "KVM_SET_REGS");

    /// <summary>KVM_GET_VCPU_EVENTS.</summary>
    public void GetEvents(out KvmVcpuEvents events)
    {
        events = default;
        _handle.Ioctl(KvmIoctl.GetVcpuEvents, ref events, "KVM_GET_VCPU_EVENTS");
    }

    /// <summary>KVM_SET_VCPU_EVENTS.</summary>
    public void SetEvents(ref KvmVcpuEvents events) => _handle.Ioctl(KvmIoctl.SetVcpuEvents, ref events, "KVM_SET_VCPU_EVENTS");

    /// <summary>KVM_GET_MP_STATE.</summary>
    public KvmMpState GetMpState()
    {
        uint state = 0;
        _handle.Ioctl(KvmIoctl.GetMpState, ref state, "KVM_GET_MP_STATE");
        return (KvmMpState)state;
    }

    /// <summary>KVM_SET_MP_STATE.</summary>
    public void SetMpState(KvmMpState state)
    {
        uint value = (uint)state;
        _handle.Ioctl(KvmIoctl.SetMpState, ref value, "KVM_SET_MP_STATE");
    }

    /// <summary>KVM_GET_TSC_KHZ; 0 if the host does not say.</summary>
    public int GetTscKhz() => Math.Max(0, _handle.TryIoctl(KvmIoctl.GetTscKhz, 0));

    /// <summary>KVM_SET_TSC_KHZ.</summary>
    /// <returns>False if the host can neither scale nor is close enough.</returns>
    public bool TrySetTscKhz(int khz) => _handle.TryIoctl(KvmIoctl.SetTscKhz, khz) >= 0;

    /// <summary>KVM_GET_MSRS with one register.</summary>
    /// <returns>False if KVM does not know it.</returns>
    public bool TryGetMsr(uint index, out ulong value)
    {
        var one = new OneMsr { Head = { Count = 1 }, Entry = { Index = index } };
        bool ok = _handle.TryIoctl(KvmIoctl.GetMsrs, (nint)(&one)) == 1;
        value = ok ? one.Entry.Data : 0;
        return ok;
    }

    /// <summary>KVM_SET_MSRS with one register.</summary>
    /// <returns>False if KVM refuses register or value.</returns>
    public bool TrySetMsr(uint index, ulong value)
    {
        var one = new OneMsr { Head = { Count = 1 }, Entry = { Index = index, Data = value } };
        return _handle.TryIoctl(KvmIoctl.SetMsrs, (nint)(&one)) == 1;
    }

    /// <summary>KVM_SET_SIGNAL_MASK: the signals blocked inside KVM_RUN.</summary>
    /// <param name="blocked">Bit n-1 for signal n.</param>
    public void SetSignalMask(ulong blocked)
    {
        var mask = new KvmSignalMask { Length = sizeof(ulong), Blocked = blocked };
        _handle.Ioctl(KvmIoctl.SetSignalMask, ref mask, "KVM_SET_SIGNAL_MASK");
    }

    /// <summary>KVM_NMI.</summary>
    public void InjectNmi() => _handle.Ioctl(KvmIoctl.Nmi, 0, "KVM_NMI");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            _syscalls.Unmap((nint)_run, _runAreaSize);
            _handle.Dispose();
        }
    }

    private int RunWithoutSync()
    {
        if (_run->DirtyRegs.HasFlag(KvmSync.Regs))
        {
            _handle.Ioctl(KvmIoctl.SetRegs, (nint)Unsafe.AsPointer(ref Registers), "KVM_SET_REGS");
            _run->DirtyRegs = KvmSync.None;
        }

        int result = _syscalls.Run(_descriptor);
        _handle.Ioctl(KvmIoctl.GetRegs, (nint)Unsafe.AsPointer(ref Registers), "KVM_GET_REGS");
        return result;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OneMsr
    {
        public KvmMsrs Head;
        public KvmMsrEntry Entry;
    }
}
