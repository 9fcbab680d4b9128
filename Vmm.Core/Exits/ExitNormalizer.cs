using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Core.Paging;

namespace Vmm.Core.Exits;

/// <summary>
/// Takes back the access of an exit, so that it can become an exception: afterwards the vCPU stands at the start of the instruction with the
/// registers it had there, whatever this host's KVM has already done of it.
/// </summary>
/// <remarks>
/// KVM implementations differ in when they move RIP and in what they still owe the instruction at the next entry:
/// <code>
///   exit            hardware-style KVM          emulating KVM             owed at the next entry
///   OUT             at the instruction          behind it                 step over it, if RIP is still there / nothing
///   IN              at the instruction          at the instruction        write RAX, step over
///   OUTS            registers advanced, RIP behind, or at it while REP goes on     nothing
///   INS             at the instruction          at the instruction        write memory and registers
///   RDMSR, WRMSR    at the instruction          at the instruction        (write RAX, RDX,) step over
/// </code>
/// What is owed is called in with an immediate exit, its effects undone from registers saved before.
/// </remarks>
/// <param name="memory">Guest memory.</param>
public sealed class ExitNormalizer(GuestMemory memory)
{
    private const ulong DirectionFlag = 1UL << 10;

    private readonly LinearMemory _linear = new(memory);

    /// <summary>Takes back a KVM_EXIT_IO.</summary>
    /// <returns>False when the code at RIP does not explain the exit (the guest changed it meanwhile): nothing has been changed.</returns>
    public bool TryRewindIo(KvmVcpu vcpu, in KvmSregs sregs, out RewoundIo rewound)
    {
        var access = IoAccess.From(in vcpu.Area.Exit.Io);
        KvmRegs before = vcpu.Registers;
        bool found = access.IsInput
            ? TryDecodeAt(in sregs, in before, before.Rip, in access, out IoInstruction instruction)
            : TryFindOutput(vcpu, in sregs, in access, ref before, out instruction);
        bool owed = found && !access.IsInput && vcpu.Registers.Rip == before.Rip && !instruction.IsString;
        rewound = new RewoundIo(access, instruction, owed);
        if (!found)
        {
            return false;
        }

        if (access.IsInput)
        {
            CompleteWithoutEffect(vcpu, in sregs, in instruction);
        }

        Restore(vcpu, in before);
        return true;
    }

    /// <summary>Takes back a KVM_EXIT_X86_RDMSR or WRMSR.</summary>
    /// <returns>Length of the instruction in bytes.</returns>
    public static int RewindMsr(KvmVcpu vcpu)
    {
        KvmRegs before = vcpu.Registers;
        vcpu.Area.Exit.Msr.Error = 0;
        vcpu.CompletePendingExit();
        int length = (int)(vcpu.Registers.Rip - before.Rip);
        Restore(vcpu, in before);
        return length;
    }

    /// <summary>Has KVM forget what it owes to an OUT that has been taken back, so that RIP may stay at it.</summary>
    public static void Settle(KvmVcpu vcpu)
    {
        KvmRegs before = vcpu.Registers;
        vcpu.CompletePendingExit();
        Restore(vcpu, in before);
    }

    private static void Restore(KvmVcpu vcpu, in KvmRegs registers)
    {
        vcpu.Registers = registers;
        vcpu.MarkRegistersDirty();
    }

    private static (int DefaultSize, bool Is64Bit) CodeMode(in KvmSregs sregs) => (sregs.Cs.L != 0 || sregs.Cs.Db != 0 ? 4 : 2, sregs.Cs.L != 0);

    private static ulong CodeBase(in KvmSregs sregs) => sregs.Cs.L != 0 ? 0 : sregs.Cs.Base;

    private bool TryDecodeAt(in KvmSregs sregs, in KvmRegs registers, ulong rip, in IoAccess access, out IoInstruction instruction)
    {
        Span<byte> code = stackalloc byte[IoInstruction.MaxLength];
        int length = _linear.Read(in sregs, CodeBase(in sregs) + rip, code);
        (int size, bool is64Bit) = CodeMode(in sregs);
        return IoInstruction.TryDecode(code[..length], size, is64Bit, out instruction) && instruction.Makes(in access, (ushort)registers.Rdx);
    }

    // The shortest instruction that ends at RIP and makes the access: a longer one differs by prefixes without effect.
    private bool TryDecodeBefore(in KvmSregs sregs, in KvmRegs registers, in IoAccess access, out IoInstruction instruction)
    {
        for (int length = 1; length <= IoInstruction.MaxLength; length++)
        {
            if (TryDecodeAt(in sregs, in registers, registers.Rip - (ulong)length, in access, out instruction) && instruction.Length == length)
            {
                return true;
            }
        }

        instruction = default;
        return false;
    }

    [SuppressMessage("Style", "IDE0075", Justification = "The cases read as a table.")]
    private bool TryFindOutput(KvmVcpu vcpu, in KvmSregs sregs, in IoAccess access, ref KvmRegs registers, out IoInstruction instruction)
    {
        bool at = TryDecodeAt(in sregs, in registers, registers.Rip, in access, out IoInstruction atRip);
        bool behind = TryDecodeBefore(in sregs, in registers, in access, out IoInstruction beforeRip);
        if (at && atRip.IsString)
        {
            // String output comes from KVM's emulator everywhere: RIP stays only while REP has more to do. An OUT right before it looks the
            // same; what was written tells the two apart.
            bool isOutput = behind && !beforeRip.IsString && WroteAccumulator(vcpu, in registers);
            at = atRip.IsRepeated && registers.Rcx != 0 && !isOutput;
        }

        if (at && behind && !atRip.IsString)
        {
            // Two equal instructions in a row: only KVM knows which one it was.
            ulong rip = registers.Rip;
            vcpu.CompletePendingExit();
            at = vcpu.Registers.Rip != rip;
        }

        instruction = at ? atRip : beforeRip;
        if (!at && behind)
        {
            registers.Rip -= (ulong)beforeRip.Length;
        }

        if (instruction.IsString)
        {
            UndoStringOutput(in access, in instruction, ref registers);
        }

        return at || behind;
    }

    private static bool WroteAccumulator(KvmVcpu vcpu, in KvmRegs registers)
    {
        Span<byte> accumulator = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(accumulator, registers.Rax);
        return accumulator.StartsWith(vcpu.IoData);
    }

    private static void UndoStringOutput(in IoAccess access, in IoInstruction instruction, ref KvmRegs registers)
    {
        ulong bytes = (ulong)(access.Size * access.Count);
        registers.Rsi = (registers.Rflags & DirectionFlag) == 0 ? registers.Rsi - bytes : registers.Rsi + bytes;
        if (instruction.IsRepeated)
        {
            registers.Rcx += (ulong)access.Count;
        }
    }

    // INS would write what the device answers to memory: the answer is what is there already. REP reads ahead, item by item up or down.
    private void CompleteWithoutEffect(KvmVcpu vcpu, in KvmSregs sregs, in IoInstruction instruction)
    {
        if (instruction.IsString)
        {
            Span<byte> data = vcpu.IoData;
            ulong item = vcpu.Registers.Rdi;
            bool down = (vcpu.Registers.Rflags & DirectionFlag) != 0;
            for (int at = 0; at < data.Length; at += instruction.Size)
            {
                _linear.Read(in sregs, item, data.Slice(at, instruction.Size));
                item = down ? item - (ulong)instruction.Size : item + (ulong)instruction.Size;
            }
        }

        vcpu.CompletePendingExit();
    }
}
