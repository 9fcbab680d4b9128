using Vmm.TdxModel.Hardware;
using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>A VM of type KVM_X86_TDX_VM: the rules of arch/x86/kvm/x86.c and arch/x86/kvm/vmx/tdx.c.</summary>
internal sealed class ModelVm : ModelFile
{
    private const int EnableCapSize = 104;
    private const int MsiSize = 32;
    private const int MaxRoutes = 4096;
    private const ulong MapGpaRangeBit = 1 << 12;
    private const ulong X2ApicApiBits = 3;
    private const ulong MsrExitReasons = 7;
    private const int MaxVcpuIds = 4096;

    private readonly TdxKernel _kernel;
    private readonly List<ModelVcpu> _vcpus = [];
    private readonly Lock _gate = new();
    private int _tscKhz;

    internal ModelVm(TdxKernel kernel)
    {
        _kernel = kernel;
        _tscKhz = kernel.Host.TscKhz;
        Pages = new GuestPages(this);
    }

    internal TdxHost Host => _kernel.Host;

    internal TdState State { get; private set; }

    internal TdParameters? Parameters { get; private set; }

    internal ulong? SharedBit => Parameters is { } parameters ? 1UL << (parameters.GpaWidth - 1) : null;

    internal GuestPages Pages { get; }

    internal List<AddedPage> Added { get; } = [];

    /// <summary>Null until the TD is finalised.</summary>
    internal ITdHardware? Hardware { get; private set; }

    /// <summary>KVM_BUG_ON: every ioctl answers EIO from now on.</summary>
    internal bool IsDead { get; set; }

    internal bool ForwardsMapGpa { get; private set; }

    internal bool EnforcesFeatures { get; private set; }

    internal ulong MsrExits { get; private set; }

    internal MsrFilter Msrs { get; private set; } = new();

    private bool HasSplitIrqchip { get; set; }

    internal override int Ioctl(uint request, ulong argument)
    {
        if (IsDead)
        {
            return -Errno.EIO;
        }

        // kvm->lock. The hardware below is told under it too.
        lock (_gate)
        {
            return request switch
            {
                Ioctls.CheckExtension => CheckExtension((uint)argument),
                Ioctls.EnableCap => EnableCap(argument),
                Ioctls.CreateVcpu => CreateVcpu(argument),
                Ioctls.SetUserMemoryRegion => Pages.SetRegion(argument, second: false, _kernel.Find),
                Ioctls.SetUserMemoryRegion2 => Pages.SetRegion(argument, second: true, _kernel.Find),
                Ioctls.SetMemoryAttributes => Pages.SetAttributes(argument),
                Ioctls.CreateGuestMemfd => CreateGuestMemfd(argument),
                Ioctls.MemoryEncryptOp => TdxCommand(argument),
                Ioctls.SignalMsi => SignalMsi(argument),
                Ioctls.SetGsiRouting => SetGsiRouting(argument),
                Ioctls.X86SetMsrFilter => SetMsrFilter(argument),
                Ioctls.SetTscKhz => SetTscKhz((uint)argument),
                Ioctls.GetTscKhz => _tscKhz,
                Ioctls.SetTssAddr or Ioctls.SetIdentityMapAddr => 0, // nothing to do for a TD
                Ioctls.CreateIrqchip => -Errno.EINVAL, // ends of interrupts are the TDX module's, which in-kernel PIC and I/O APIC need to see
                _ => -Errno.ENOTTY,
            };
        }
    }

    private int CheckExtension(uint capability) => capability switch
    {
        Caps.SyncRegs => 0, // guest_state_protected
        Caps.MaxVcpus => Math.Min(Host.Extensions.GetValueOrDefault(capability), Host.PresentCpus),
        _ => Host.Extensions.GetValueOrDefault(capability),
    };

    private int EnableCap(ulong argument)
    {
        if (UserMemory.Read(argument, EnableCapSize) is not { } cap)
        {
            return -Errno.EFAULT;
        }

        ulong value = cap.U64(8);
        if (cap.U32(4) != 0)
        {
            return -Errno.EINVAL;
        }

        switch (cap.U32(0))
        {
            case Caps.SplitIrqchip:
                if (value > MaxRoutes)
                {
                    return -Errno.EINVAL;
                }

                if (HasSplitIrqchip || _vcpus.Count > 0)
                {
                    return -Errno.EEXIST;
                }

                HasSplitIrqchip = true;
                return 0;
            case Caps.X2apicApi:
                return (value & ~X2ApicApiBits) == 0 ? 0 : -Errno.EINVAL;
            case Caps.X86ApicBusCyclesNs:
                return !HasSplitIrqchip ? -Errno.ENXIO : value == 0 || _vcpus.Count > 0 ? -Errno.EINVAL : 0;
            case Caps.ExitHypercall:
                ForwardsMapGpa = value == MapGpaRangeBit;
                return (value & ~MapGpaRangeBit) == 0 ? 0 : -Errno.EINVAL;
            case Caps.X86UserSpaceMsr:
                MsrExits = value;
                return (value & ~MsrExitReasons) == 0 ? 0 : -Errno.EINVAL;
            case Caps.EnforcePvFeatureCpuid:
                EnforcesFeatures = value != 0;
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    // kvm_vm_ioctl_create_vcpu, tdx_vcpu_create
    private int CreateVcpu(ulong id)
    {
        if (id >= MaxVcpuIds || _vcpus.Count >= CheckExtension(Caps.MaxVcpus))
        {
            return -Errno.EINVAL;
        }

        if (State != TdState.Initialized)
        {
            return -Errno.EIO;
        }

        if (!HasSplitIrqchip)
        {
            return -Errno.EINVAL;
        }

        if (_vcpus.Any(vcpu => vcpu.Id == (int)id))
        {
            return -Errno.EEXIST;
        }

        ModelVcpu created = new(_kernel, this, (int)id);
        int file = _kernel.Add(created);
        if (file >= 0)
        {
            _vcpus.Add(created);
        }

        return file;
    }

    private int CreateGuestMemfd(ulong argument)
    {
        const int Size = 64;
        if (UserMemory.Read(argument, Size) is not { } create)
        {
            return -Errno.EFAULT;
        }

        ulong size = create.U64(0);
        return create.U64(8) != 0 || size == 0 || size > long.MaxValue || size % ModelMemfd.PageSize != 0
            ? -Errno.EINVAL
            : _kernel.Add(new ModelMemfd(this, size));
    }

    private int SetTscKhz(uint khz)
    {
        if (_vcpus.Count > 0)
        {
            return -Errno.EINVAL;
        }

        _tscKhz = khz == 0 ? Host.TscKhz : (int)khz;
        return 0;
    }

    private int SetMsrFilter(ulong argument)
    {
        int result = MsrFilter.TryRead(argument, out MsrFilter filter);
        Msrs = result == 0 ? filter : Msrs;
        return result;
    }

    private int SignalMsi(ulong argument)
    {
        if (UserMemory.Read(argument, MsiSize) is not { } msi)
        {
            return -Errno.EFAULT;
        }

        if (!HasSplitIrqchip)
        {
            return -Errno.EINVAL;
        }

        return Hardware?.SignalMsi(msi.U32(0) | ((ulong)msi.U32(4) << 32), msi.U32(8)) == true ? 1 : 0;
    }

    // Accepted and forgotten: what KVM would report of these routes, the ends of interrupts, it does not see of a TD.
    private static int SetGsiRouting(ulong argument) => UserMemory.Read(argument, 8) is not { } head ? -Errno.EFAULT
        : head.U32(0) > MaxRoutes || head.U32(4) != 0 ? -Errno.EINVAL
        : 0;

    // tdx_vm_ioctl
    private int TdxCommand(ulong argument)
    {
        if (UserMemory.Read(argument, TdxCommands.Size) is not { } command)
        {
            return -Errno.EFAULT;
        }

        if (command.U64(16) != 0)
        {
            return -Errno.EINVAL;
        }

        ulong hardwareError = 0;
        int result = command.U32(0) switch
        {
            TdxCommands.Capabilities => GetCapabilities(command.U32(4), command.U64(8)),
            TdxCommands.InitVm => InitVm(command.U32(4), command.U64(8), out hardwareError),
            TdxCommands.FinalizeVm => FinalizeVm(),
            _ => -Errno.EINVAL,
        };
        command.AsSpan().Put64(16, hardwareError);
        return UserMemory.TryWrite(argument, command) ? result : -Errno.EFAULT;
    }

    private int GetCapabilities(uint flags, ulong data)
    {
        const int FixedSize = 2048;
        if (flags != 0)
        {
            return -Errno.EINVAL;
        }

        byte[] fixedPart = new byte[FixedSize];
        fixedPart.AsSpan().Put64(0, Host.SupportedAttributes);
        fixedPart.AsSpan().Put64(8, Host.SupportedXfam);
        fixedPart.AsSpan().Put64(24, Host.UserVmCallInfo);
        int result = CpuidBits.WriteTable(data + FixedSize, Host.ConfigurableCpuid);
        return result < 0 ? result : UserMemory.TryWrite(data, fixedPart) ? 0 : -Errno.EFAULT;
    }

    // tdx_td_init
    private int InitVm(uint flags, ulong data, out ulong hardwareError)
    {
        hardwareError = 0;
        if (State != TdState.Uninitialized || flags != 0)
        {
            return -Errno.EINVAL;
        }

        int result = TdParameters.TryRead(Host, _tscKhz, data, out TdParameters? parameters, out hardwareError);
        if (result < 0)
        {
            return result;
        }

        if (!_kernel.TryTakeKeyId())
        {
            return -Errno.ENOSPC;
        }

        Parameters = parameters;
        State = TdState.Initialized;
        return 0;
    }

    // tdx_td_finalize
    private int FinalizeVm()
    {
        if (State != TdState.Initialized)
        {
            return -Errno.EINVAL;
        }

        TdParameters parameters = Parameters!;
        ITdHardware hardware = _kernel.CreateHardware();
        hardware.Start(new TdImage
        {
            Attributes = parameters.Attributes,
            Xfam = parameters.Xfam,
            GpaWidth = parameters.GpaWidth,
            MrConfigId = parameters.MrConfigId,
            MrOwner = parameters.MrOwner,
            MrOwnerConfig = parameters.MrOwnerConfig,
            Cpuid = parameters.Cpuid,
            Memory = [.. Pages.Slots.Where(slot => slot.Memfd is not null).Select(slot => new TdMemorySlot(slot.Gpa, slot.Size, slot.HostAddress))],
            Pages = Added,
            InitialRcx = [.. InitialisedVcpus.Select(vcpu => vcpu.InitialRcx)],
            VcpuCpuid = [.. InitialisedVcpus.Select(vcpu => vcpu.Cpuid)],
            IsPrivate = Pages.IsPrivate,
        });
        foreach (ModelVcpu vcpu in InitialisedVcpus)
        {
            vcpu.PassSignalMask(hardware);
        }

        Hardware = hardware;
        State = TdState.Runnable;
        return 0;
    }

    internal int NextVcpuIndex => InitialisedVcpus.Count();

    private IEnumerable<ModelVcpu> InitialisedVcpus => _vcpus.Where(vcpu => vcpu.Index >= 0).OrderBy(vcpu => vcpu.Index);
}
