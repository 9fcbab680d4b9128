using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>
/// TDVMCALLs as KVM serves them: by itself, or by an exit whose answer it gives to the guest (arch/x86/kvm/vmx/tdx.c, handle_tdvmcall and the
/// functions named below). Offsets are those of struct kvm_run from its union on.
/// </summary>
internal sealed class KernelVmCalls(ModelVcpu vcpu, ModelRun run)
{
    private const ulong Retry = 1;
    private const ulong InvalidOperand = 0x8000_0000_0000_0000;
    private const ulong AlignError = 0x8000_0000_0000_0002;
    private const ulong SubfuncUnsupported = 0x8000_0000_0000_0003;

    private const ulong PageSize = ModelMemfd.PageSize;
    private const ulong LongestMapGpa = 2 << 20; // TDX_MAP_GPA_MAX_LEN
    private const ulong Encrypted = 1 << 4; // KVM_MAP_GPA_RANGE_ENCRYPTED
    private const uint TdxFatal = 7; // KVM_SYSTEM_EVENT_TDX_FATAL

    private readonly KernelHypercalls _hypercalls = new(vcpu, run);

    private ulong SharedBit => vcpu.Vm.SharedBit!.Value;

    /// <returns>Null when the guest goes on, else what KVM_RUN returns.</returns>
    internal int? Handle(RunPage page)
    {
        if (run.Args.R10 != 0)
        {
            return _hypercalls.Handle(page);
        }

        switch (run.Args.R11)
        {
            case 10:
                return Cpuid();
            case 12: // tdx_emulate_hlt
                vcpu.Vm.Hardware!.Halt(vcpu.Index, run.Args.R12 != 0);
                return null;
            case 30:
                return Io(page);
            case 31:
                return Msr(page, write: false);
            case 32:
                return Msr(page, write: true);
            case 48:
                return Mmio(page);
            case 0x10000:
                return GetInfo(page);
            case 0x10001:
                return MapGpa(page);
            case 0x10002:
                return GetQuote(page);
            case 0x10003:
                return ReportFatalError(page);
            case 0x10004:
                return SetupEventNotify(page);
            default:
                return Status(SubfuncUnsupported);
        }
    }

    private int? Status(ulong status)
    {
        run.Args.R10 = status;
        return null;
    }

    // tdx_emulate_cpuid
    private int? Cpuid()
    {
        CpuidBits answer = KernelCpuid.Execute(vcpu.Cpuid, (uint)run.Args.R12, (uint)run.Args.R13);
        (run.Args.R12, run.Args.R13, run.Args.R14, run.Args.R15) = (answer.Eax, answer.Ebx, answer.Ecx, answer.Edx);
        return null;
    }

    // tdx_emulate_io, tdx_complete_pio_in
    private int? Io(RunPage page)
    {
        (ulong size, ulong write, ushort port) = (run.Args.R12, run.Args.R13, (ushort)run.Args.R14);
        if (write > 1 || size is not (1 or 2 or 4))
        {
            return Status(InvalidOperand);
        }

        Span<byte> io = page.Begin(RunPage.ExitIo);
        io[0] = (byte)write;
        io[1] = (byte)size;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(io[2..], port);
        io.Put32(4, 1);
        io.Put64(8, RunPage.PortData);
        Span<byte> data = page.Bytes.Slice(RunPage.PortData, sizeof(ulong));
        data.Clear();
        if (write == 1)
        {
            data.Put64(0, Truncate(run.Args.R15, size));
            run.Complete = () => null;
        }
        else
        {
            run.Complete = () =>
            {
                run.Args.R11 = Truncate(page.Bytes.U64(RunPage.PortData), size);
                return null;
            };
        }

        return 0;
    }

    // tdx_emulate_mmio, tdx_complete_mmio_read: size and direction are ints there, so that the upper halves of the registers are not looked at.
    private int? Mmio(RunPage page)
    {
        (int size, int write, ulong gpa) = ((int)run.Args.R12, (int)run.Args.R13, run.Args.R14);
        if (size is not (1 or 2 or 4 or 8) || write is not (0 or 1) || (gpa & SharedBit) == 0 || ((gpa + (ulong)size - 1) & SharedBit) == 0)
        {
            return Status(InvalidOperand);
        }

        Span<byte> mmio = page.Begin(RunPage.ExitMmio);
        mmio.Put64(0, gpa & ~SharedBit);
        mmio.Put64(8, write == 1 ? Truncate(run.Args.R15, (ulong)size) : 0);
        mmio.Put32(16, (uint)size);
        mmio[20] = (byte)write;
        run.Complete = write == 1 ? () => null : () =>
        {
            run.Args.R11 = Truncate(page.Answer.U64(8), (ulong)size);
            return null;
        };
        return 0;
    }

    // kvm_emulate_rdmsr, kvm_emulate_wrmsr, kvm_msr_user_space, tdx_complete_emulated_msr
    private int? Msr(RunPage page, bool write)
    {
        const ulong Invalid = 1;
        const ulong Filtered = 4;
        uint index = (uint)run.Args.R12;
        ulong value = run.Args.R13;
        bool allowed = vcpu.Vm.Msrs.Allows(index, write ? MsrFilter.Write : MsrFilter.Read);
        if (allowed && (write ? vcpu.TryWriteMsr(index, value) : vcpu.TryReadMsr(index, out value)))
        {
            run.Args.R11 = write ? run.Args.R11 : value;
            return null;
        }

        ulong reason = allowed ? Invalid : Filtered;
        if ((vcpu.Vm.MsrExits & reason) == 0)
        {
            return Status(InvalidOperand);
        }

        Span<byte> msr = page.Begin(write ? RunPage.ExitWrmsr : RunPage.ExitRdmsr);
        msr.Put32(8, (uint)reason);
        msr.Put32(12, index);
        msr.Put64(16, write ? run.Args.R13 : 0);
        run.Complete = () =>
        {
            if (page.Answer[0] != 0)
            {
                return Status(InvalidOperand);
            }

            run.Args.R11 = write ? run.Args.R11 : page.Answer.U64(16);
            return null;
        };
        return 0;
    }

    // tdx_get_td_vm_call_info, tdx_complete_get_td_vm_call_info
    private int? GetInfo(RunPage page)
    {
        switch (run.Args.R12)
        {
            case 0:
                (run.Args.R11, run.Args.R12, run.Args.R13, run.Args.R14) = (0, 0, 0, 0);
                return null;
            case 1:
                BeginTdx(page).Put64(24, run.Args.R12);
                run.Complete = () =>
                {
                    Span<byte> answer = page.Answer;
                    (run.Args.R10, run.Args.R11) = (answer.U64(16), answer.U64(32));
                    (run.Args.R12, run.Args.R13, run.Args.R14) = (answer.U64(40), answer.U64(48), answer.U64(56));
                    return null;
                };
                return 0;
            default:
                return Status(InvalidOperand);
        }
    }

    // tdx_get_quote, tdx_complete_simple
    private int? GetQuote(RunPage page)
    {
        if ((run.Args.R12 & SharedBit) == 0)
        {
            return Status(InvalidOperand);
        }

        Span<byte> quote = BeginTdx(page);
        quote.Put64(16, SubfuncUnsupported);
        quote.Put64(24, run.Args.R12 & ~SharedBit);
        quote.Put64(32, run.Args.R13);
        run.Complete = () => Status(page.Answer.U64(16));
        return 0;
    }

    // tdx_setup_event_notify_interrupt
    private int? SetupEventNotify(RunPage page)
    {
        if (run.Args.R12 is < 32 or > 255)
        {
            return Status(InvalidOperand);
        }

        Span<byte> setup = BeginTdx(page);
        setup.Put64(16, SubfuncUnsupported);
        setup.Put64(24, run.Args.R12);
        run.Complete = () => Status(page.Answer.U64(16));
        return 0;
    }

    private Span<byte> BeginTdx(RunPage page)
    {
        Span<byte> tdx = page.Begin(RunPage.ExitTdx);
        tdx.Put64(8, run.Args.R11);
        return tdx;
    }

    // tdx_report_fatal_error: sixteen registers in the order of their encoding. Nothing is completed: the guest goes on where KVM_RUN is called again.
    private int? ReportFatalError(RunPage page)
    {
        Span<byte> report = page.Begin(RunPage.ExitSystemEvent);
        ReadOnlySpan<ulong> registers =
        [
            0, run.Args.Rcx, run.Args.Rdx, run.Args.Rbx, 0, 0, run.Args.Rsi, run.Args.Rdi,
            run.Args.R8, run.Args.R9, run.Args.R10, run.Args.R11, run.Args.R12, run.Args.R13, run.Args.R14, run.Args.R15,
        ];
        report.Put32(0, TdxFatal);
        report.Put32(4, (uint)registers.Length);
        for (int i = 0; i < registers.Length; i++)
        {
            report.Put64(8 + (i * sizeof(ulong)), registers[i]);
        }

        return 0;
    }

    // tdx_map_gpa
    private int? MapGpa(RunPage page)
    {
        (ulong gpa, ulong size) = (run.Args.R12, run.Args.R13);
        ulong status = !vcpu.Vm.ForwardsMapGpa ? SubfuncUnsupported
            : gpa + size <= gpa || !IsLegal(gpa) || !IsLegal(gpa + size - 1) || ((gpa ^ (gpa + size - 1)) & SharedBit) != 0 ? InvalidOperand
            : (gpa | size) % PageSize != 0 ? AlignError
            : 0;
        if (status != 0)
        {
            run.Args.R11 = gpa;
            return Status(status);
        }

        return MapChunk(page, gpa, gpa + size);
    }

    private bool IsLegal(ulong gpa) => gpa < SharedBit << 1;

    // __tdx_map_gpa, tdx_complete_vmcall_map_gpa: one exit each 2 MiB
    private int MapChunk(RunPage page, ulong next, ulong end)
    {
        ulong size = Math.Min(end - next, LongestMapGpa);
        BeginHypercall(page, next & ~SharedBit, size / PageSize, (next & SharedBit) == 0 ? Encrypted : 0);
        run.Complete = () =>
        {
            if (page.Answer.U64(56) != 0)
            {
                run.Args.R11 = next;
                return Status(InvalidOperand);
            }

            if (next + size >= end)
            {
                return null;
            }

            if (vcpu.Vm.Hardware!.HasEvents(vcpu.Index))
            {
                run.Args.R11 = next + size;
                return Status(Retry);
            }

            return MapChunk(page, next + size, end);
        };
        return 0;
    }

    /// <summary>KVM_EXIT_HYPERCALL for KVM_HC_MAP_GPA_RANGE.</summary>
    internal static void BeginHypercall(RunPage page, ulong gpa, ulong pages, ulong attributes)
    {
        const ulong MapGpaRange = 12;
        const ulong LongMode = 1;
        Span<byte> hypercall = page.Begin(RunPage.ExitHypercall);
        hypercall.Put64(0, MapGpaRange);
        hypercall.Put64(8, gpa);
        hypercall.Put64(16, pages);
        hypercall.Put64(24, attributes);
        hypercall.Put64(64, LongMode);
    }

    private static ulong Truncate(ulong value, ulong size) => size == sizeof(ulong) ? value : value & ((1UL << (int)(8 * size)) - 1);
}
