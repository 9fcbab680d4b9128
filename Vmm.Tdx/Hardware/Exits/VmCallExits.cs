using System.Buffers.Binary;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Hardware.Exits;

/// <summary>
/// Turns the exits that KVM makes of TDVMCALLs back into what the guest called, has them served like those of an emulated TD, and gives the answers
/// to KVM as it takes them. Allocates nothing.
/// </summary>
/// <param name="vmCalls">The handlers.</param>
/// <param name="gpaWidth">Where the shared bit is, which KVM has removed from addresses.</param>
/// <remarks>What each exit holds: Documentation/virt/kvm/api.rst, section 5; what KVM makes of the answers: arch/x86/kvm/vmx/tdx.c.</remarks>
public sealed class VmCallExits(VmCallDispatcher vmCalls, GpaWidth gpaWidth)
{
    private const ulong EncryptedAttribute = 1 << 4; // KVM_MAP_GPA_RANGE_ENCRYPTED
    private const ulong LongestMapGpa = (2 << 20) / GuestMemory.PageSize; // KVM hands MapGPA over in pieces of 2 MiB at most
    private const ulong InvalidArgument = 22; // EINVAL; KVM makes INVALID_OPERAND of it

    /// <summary>KVM_EXIT_IO: Instruction.IO.</summary>
    internal void ServeIo(TdxVcpu vcpu)
    {
        KvmExitIo io = vcpu.Vcpu.Kvm.Area.Exit.Io;
        Span<byte> items = vcpu.Vcpu.Kvm.IoData;
        for (int size = io.Size; size is > 0 and <= sizeof(ulong) && items.Length >= size; items = items[size..])
        {
            VmCallRegisters call = new() { R11 = (ulong)VmCallLeaf.InstructionIo, R12 = io.Size, R13 = io.Direction, R14 = io.Port };
            Access(vcpu, ref call, items[..size], isWrite: io.Direction != 0);
        }
    }

    /// <summary>KVM_EXIT_MMIO: #VE.RequestMMIO.</summary>
    internal void ServeMmio(TdxVcpu vcpu)
    {
        ref KvmExitMmio mmio = ref vcpu.Vcpu.Kvm.Area.Exit.Mmio;
        VmCallRegisters call = new()
        {
            R11 = (ulong)VmCallLeaf.RequestMmio,
            R12 = mmio.Length,
            R13 = mmio.IsWrite,
            R14 = mmio.PhysicalAddress | gpaWidth.SharedBit,
        };
        Span<byte> data = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<ulong>(ref mmio.Data));
        Access(vcpu, ref call, data[..(int)Math.Min(mmio.Length, sizeof(ulong))], mmio.IsWrite != 0);
    }

    /// <summary>KVM_EXIT_X86_RDMSR and KVM_EXIT_X86_WRMSR: of registers that KVM does not serve.</summary>
    internal void ServeMsr(TdxVcpu vcpu, bool isWrite)
    {
        ref KvmExitMsr msr = ref vcpu.Vcpu.Kvm.Area.Exit.Msr;
        VmCallRegisters call = isWrite
            ? new() { R11 = (ulong)VmCallLeaf.InstructionWrmsr, R12 = msr.Index, R13 = msr.Data }
            : new() { R11 = (ulong)VmCallLeaf.InstructionRdmsr, R12 = msr.Index };
        vmCalls.Dispatch(vcpu, ref call);
        msr.Error = call.Status == VmCallStatus.Success ? (byte)0 : (byte)1;
        if (!isWrite)
        {
            msr.Data = call.R11;
        }
    }

    /// <summary>KVM_EXIT_HYPERCALL: MapGPA, a piece at a time, or the hypercall of the same effect.</summary>
    /// <returns>False for a hypercall that nobody asked KVM to forward.</returns>
    internal bool TryServeHypercall(TdxVcpu vcpu)
    {
        ref KvmExitHypercall hypercall = ref vcpu.Vcpu.Kvm.Area.Exit.Hypercall;
        if (hypercall.Number != (ulong)KvmHypercall.MapGpaRange)
        {
            return false;
        }

        (ulong gpa, ulong pages, ulong attributes) = (hypercall.Args[0], hypercall.Args[1], hypercall.Args[2]);
        if (pages <= LongestMapGpa && !gpaWidth.IsShared(gpa))
        {
            // KVM does not say which of the two it was. It splits MapGPA and answers RETRY by itself.
            ulong shared = (attributes & EncryptedAttribute) == 0 ? gpaWidth.SharedBit : 0;
            VmCallRegisters call = new() { R11 = (ulong)VmCallLeaf.MapGpa, R12 = gpa | shared, R13 = pages * GuestMemory.PageSize };
            vmCalls.Dispatch(vcpu, ref call);
            hypercall.Result = call.Status == VmCallStatus.Success ? 0 : InvalidArgument;
        }
        else
        {
            VmCallRegisters call = new() { R10 = hypercall.Number, R11 = gpa, R12 = pages, R13 = attributes };
            vmCalls.Dispatch(vcpu, ref call);
            hypercall.Result = call.R10;
        }

        return true;
    }

    /// <summary>KVM_EXIT_TDX: the TDVMCALLs of which KVM knows no more than the operands.</summary>
    internal void ServeTdx(TdxVcpu vcpu)
    {
        ref KvmExitTdx tdx = ref vcpu.Vcpu.Kvm.Area.Exit.Tdx;
        VmCallRegisters call = new() { R11 = tdx.Number };
        switch (call.Leaf)
        {
            case VmCallLeaf.GetTdVmCallInfo:
                ref KvmExitTdxGetInfo info = ref tdx.GetInfo;
                call.R12 = info.Leaf;
                vmCalls.Dispatch(vcpu, ref call);
                (info.Result, info.R11, info.R12, info.R13, info.R14) = (call.R10, call.R11, call.R12, call.R13, call.R14);
                break;
            case VmCallLeaf.GetQuote:
                call.R12 = tdx.GetQuote.Gpa | gpaWidth.SharedBit;
                call.R13 = tdx.GetQuote.Size;
                vmCalls.Dispatch(vcpu, ref call);
                tdx.GetQuote.Result = call.R10;
                break;
            case VmCallLeaf.SetupEventNotifyInterrupt:
                call.R12 = tdx.SetupNotify.Vector;
                vmCalls.Dispatch(vcpu, ref call);
                tdx.SetupNotify.Result = call.R10;
                break;
            default:
                // A newer KVM may forward more, with the answer to one who does not know it already filled in.
                break;
        }
    }

    /// <summary>KVM_EXIT_SYSTEM_EVENT: ReportFatalError, with the general registers in the order of their encoding.</summary>
    /// <returns>False for another event.</returns>
    internal bool TryServeSystemEvent(TdxVcpu vcpu)
    {
        ref KvmExitSystemEvent report = ref vcpu.Vcpu.Kvm.Area.Exit.SystemEvent;
        if (report.Type != KvmSystemEvent.TdxFatal || report.Count <= (uint)Gpr.R15)
        {
            return false;
        }

        ReadOnlySpan<ulong> registers = report.Data;
        VmCallRegisters call = new()
        {
            R11 = (ulong)VmCallLeaf.ReportFatalError,
            R12 = registers[(int)Gpr.R12],
            R13 = registers[(int)Gpr.R13],
            R14 = registers[(int)Gpr.R14],
            R15 = registers[(int)Gpr.R15],
            Rbx = registers[(int)Gpr.Rbx],
            Rdi = registers[(int)Gpr.Rdi],
            Rsi = registers[(int)Gpr.Rsi],
            Rdx = registers[(int)Gpr.Rdx],
            R8 = registers[(int)Gpr.R8],
            R9 = registers[(int)Gpr.R9],
        };
        vmCalls.Dispatch(vcpu, ref call);
        return true;
    }

    // KVM has checked the operands and cannot pass a status on: what fails all the same reads as nobody's address does.
    private void Access(TdxVcpu vcpu, ref VmCallRegisters call, Span<byte> data, bool isWrite)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        if (isWrite)
        {
            word.Clear();
            data.CopyTo(word);
            call.R15 = BinaryPrimitives.ReadUInt64LittleEndian(word);
            vmCalls.Dispatch(vcpu, ref call);
            return;
        }

        vmCalls.Dispatch(vcpu, ref call);
        BinaryPrimitives.WriteUInt64LittleEndian(word, call.Status == VmCallStatus.Success ? call.R11 : ulong.MaxValue);
        word[..data.Length].CopyTo(data);
    }
}
