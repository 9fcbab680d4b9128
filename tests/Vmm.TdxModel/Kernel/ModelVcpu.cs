using System.Runtime.InteropServices;
using Vmm.TdxModel.Hardware;
using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>A vCPU of a TD: everything but KVM_RUN, which is <see cref="ModelRun"/>.</summary>
internal sealed unsafe class ModelVcpu : ModelFile
{
    private const int RegionSize = 24;
    private const uint MeasureFlag = 1;
    private const uint X2Apic = 1 << 21; // CPUID 1 ECX
    private const int MsrHeaderSize = 8;
    private const int MsrEntrySize = 16;
    private const uint MaxMsrs = 256;
    private const uint Runnable = 0;
    private const uint Halted = 3;

    private readonly TdxKernel _kernel;
    private readonly ModelRun _run;
    private ulong? _signalMask;
    private nint _page;

    internal ModelVcpu(TdxKernel kernel, ModelVm vm, int id)
    {
        _kernel = kernel;
        Vm = vm;
        Id = id;
        _run = new ModelRun(this);
    }

    internal ModelVm Vm { get; }

    internal int Id { get; }

    /// <summary>VCPU_INDEX: the order of KVM_TDX_INIT_VCPU; -1 before that.</summary>
    internal int Index { get; private set; } = -1;

    internal ulong InitialRcx { get; private set; }

    internal IReadOnlyList<CpuidBits> Cpuid { get; private set; } = [];

    /// <summary>The mapped page; null while it is not.</summary>
    internal RunPage? Page => _page == 0 ? null : new RunPage(_page);

    internal override int Ioctl(uint request, ulong argument)
    {
        if (Vm.IsDead)
        {
            return -Errno.EIO;
        }

        return request switch
        {
            Ioctls.Run => Run(),
            Ioctls.SetCpuid2 => SetCpuid(argument),
            Ioctls.MemoryEncryptOp => TdxCommand(argument),
            Ioctls.GetMsrs => Msrs(argument, write: false),
            Ioctls.SetMsrs => Msrs(argument, write: true),
            Ioctls.SetSignalMask => SetSignalMask(argument),
            Ioctls.GetMpState => GetMpState(argument),
            Ioctls.SetMpState => SetMpState(argument),
            Ioctls.Nmi => SignalNmi(),
            Ioctls.GetTscKhz => Vm.Ioctl(Ioctls.GetTscKhz, 0),

            // guest_state_protected: the registers are the TDX module's; the TSC is the VM's.
            Ioctls.GetRegs or Ioctls.SetRegs or Ioctls.GetSregs or Ioctls.SetSregs or Ioctls.SetGuestDebug or Ioctls.SetTscKhz => -Errno.EINVAL,
            _ => -Errno.ENOTTY,
        };
    }

    internal int Run() => Vm.IsDead ? -Errno.EIO : Page is null ? -Errno.EFAULT : _run.Run();

    internal nint Map(int size)
    {
        if (size != RunPage.Size || _page != 0)
        {
            return -Errno.EINVAL;
        }

        _page = (nint)NativeMemory.AlignedAlloc(RunPage.Size, (nuint)ModelMemfd.PageSize);
        new Span<byte>((void*)_page, RunPage.Size).Clear();
        return _page;
    }

    internal bool Unmap(nint address)
    {
        if (address != _page || address == 0)
        {
            return false;
        }

        NativeMemory.AlignedFree((void*)_page);
        _page = 0;
        return true;
    }

    internal void PassSignalMask(ITdHardware hardware)
    {
        if (_signalMask is { } mask)
        {
            hardware.SetSignalMask(Index, mask);
        }
    }

    // kvm_vcpu_ioctl_set_cpuid2
    private int SetCpuid(ulong argument)
    {
        int result = CpuidBits.ReadTable(argument, out CpuidBits[] cpuid);
        if (result < 0)
        {
            return result;
        }

        if (_run.HasRun)
        {
            return cpuid.SequenceEqual(Cpuid) ? 0 : -Errno.EINVAL;
        }

        Cpuid = cpuid;
        return 0;
    }

    // tdx_vcpu_ioctl. The structure is not copied back: hw_error stays what it was.
    private int TdxCommand(ulong argument)
    {
        if (Vm.State != TdState.Initialized)
        {
            return -Errno.EINVAL;
        }

        if (UserMemory.Read(argument, TdxCommands.Size) is not { } command)
        {
            return -Errno.EFAULT;
        }

        (uint id, uint flags, ulong data, ulong hardwareError) = (command.U32(0), command.U32(4), command.U64(8), command.U64(16));
        return hardwareError != 0 ? -Errno.EINVAL : id switch
        {
            TdxCommands.InitVcpu => InitVcpu(flags, data),
            TdxCommands.InitMemRegion => InitMemRegion(flags, data),
            TdxCommands.GetCpuid => GetCpuid(flags, data),
            _ => -Errno.EINVAL,
        };
    }

    // tdx_vcpu_init. APIC_BASE goes to x2APIC mode by the path that asks CPUID, so that KVM_SET_CPUID2 comes first.
    private int InitVcpu(uint flags, ulong rcx)
    {
        if (flags != 0 || Index >= 0 || !Cpuid.Any(entry => entry.Function == 1 && (entry.Ecx & X2Apic) != 0))
        {
            return -Errno.EINVAL;
        }

        Index = Vm.NextVcpuIndex;
        InitialRcx = rcx;
        return 0;
    }

    // tdx_vcpu_init_mem_region: page by page; the structure says afterwards what is left.
    private int InitMemRegion(uint flags, ulong data)
    {
        if (Index < 0 || (flags & ~MeasureFlag) != 0)
        {
            return -Errno.EINVAL;
        }

        if (UserMemory.Read(data, RegionSize) is not { } region)
        {
            return -Errno.EFAULT;
        }

        (ulong source, ulong gpa, ulong pages) = (region.U64(0), region.U64(8), region.U64(16));
        ulong shared = Vm.SharedBit!.Value;
        if ((source | gpa) % ModelMemfd.PageSize != 0
            || pages == 0
            || pages > (ulong.MaxValue - gpa) / ModelMemfd.PageSize
            || (gpa & shared) != 0
            || ((gpa + (pages * ModelMemfd.PageSize) - 1) & shared) != 0)
        {
            return -Errno.EINVAL;
        }

        int result = 0;
        for (; pages > 0 && result == 0; pages--)
        {
            result = _kernel.InjectIntoRegion() ?? AddPage(source, gpa, (flags & MeasureFlag) != 0);
            if (result < 0)
            {
                break;
            }

            source += ModelMemfd.PageSize;
            gpa += ModelMemfd.PageSize;
        }

        region.AsSpan().Put64(0, source);
        region.AsSpan().Put64(8, gpa);
        region.AsSpan().Put64(16, pages);
        return UserMemory.TryWrite(data, region) ? result : -Errno.EFAULT;
    }

    // kvm_gmem_populate, tdx_gmem_post_populate
    private int AddPage(ulong source, ulong gpa, bool measured)
    {
        if (Vm.Pages.Find(gpa) is not { Memfd: { } memfd } slot || !Vm.Pages.IsPrivate(gpa))
        {
            return -Errno.EINVAL;
        }

        ulong offset = slot.Offset + (gpa - slot.Gpa);
        if (memfd.Contains(offset))
        {
            return -Errno.EEXIST;
        }

        if (UserMemory.Read(source, (int)ModelMemfd.PageSize) is not { } content)
        {
            return -Errno.EFAULT;
        }

        memfd.Allocate(offset);
        Vm.Added.Add(new AddedPage(gpa, content, measured));
        _kernel.AddedPages = Vm.Added;
        return 0;
    }

    // What the module shows: what was configured, and here the host's own for the rest.
    private int GetCpuid(uint flags, ulong data)
    {
        if (flags != 0)
        {
            return -Errno.EINVAL;
        }

        CpuidBits[] configured = Vm.Parameters!.Cpuid;
        return CpuidBits.WriteTable(data, [.. configured, .. Vm.Host.SupportedCpuid.Where(entry => !configured.Any(own => own.Function == entry.Function && own.Index == entry.Index))]);
    }

    // msr_io: as many as go; the answer is how many did.
    private int Msrs(ulong argument, bool write)
    {
        if (UserMemory.Read(argument, MsrHeaderSize) is not { } header)
        {
            return -Errno.EFAULT;
        }

        uint count = header.U32(0);
        if (count > MaxMsrs)
        {
            return -Errno.E2BIG;
        }

        for (uint i = 0; i < count; i++)
        {
            ulong at = argument + MsrHeaderSize + (i * MsrEntrySize);
            if (UserMemory.Read(at, MsrEntrySize) is not { } entry)
            {
                return -Errno.EFAULT;
            }

            ulong value = entry.U64(8);
            bool done = write ? TryWriteMsr(entry.U32(0), value) : TryReadMsr(entry.U32(0), out value);
            entry.AsSpan().Put64(8, value);
            if (!done)
            {
                return (int)i;
            }

            if (!write && !UserMemory.TryWrite(at, entry))
            {
                return -Errno.EFAULT;
            }
        }

        return (int)count;
    }

    internal bool TryReadMsr(uint index, out ulong value)
    {
        value = 0;
        return EmulatedMsrs.CanRead(index) && (Vm.Hardware is null || Vm.Hardware.TryReadMsr(Index, index, out value));
    }

    internal bool TryWriteMsr(uint index, ulong value) =>
        EmulatedMsrs.CanWrite(index) && (Vm.Hardware is null || Vm.Hardware.TryWriteMsr(Index, index, value));

    private int SetSignalMask(ulong argument)
    {
        const int HeaderSize = sizeof(uint);
        if (UserMemory.Read(argument, HeaderSize + sizeof(ulong)) is not { } mask)
        {
            return -Errno.EFAULT;
        }

        if (mask.U32(0) != sizeof(ulong))
        {
            return -Errno.EINVAL;
        }

        _signalMask = mask.U64(HeaderSize);
        Vm.Hardware?.SetSignalMask(Index, _signalMask.Value);
        return 0;
    }

    private int GetMpState(ulong argument)
    {
        byte[] state = BitConverter.GetBytes(Vm.Hardware?.MpState(Index) ?? Runnable);
        return UserMemory.TryWrite(argument, state) ? 0 : -Errno.EFAULT;
    }

    private int SetMpState(ulong argument)
    {
        if (UserMemory.Read(argument, sizeof(uint)) is not { } state)
        {
            return -Errno.EFAULT;
        }

        if (state.U32(0) is not (Runnable or Halted))
        {
            return -Errno.EINVAL; // INIT, SIPI and the like are not for a TD
        }

        Vm.Hardware?.SetMpState(Index, state.U32(0));
        return 0;
    }

    private int SignalNmi()
    {
        Vm.Hardware?.SignalNmi(Index);
        return 0;
    }
}
