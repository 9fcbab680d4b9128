using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Core.Paging;

namespace Vmm.Core.Exits;

/// <summary>Finds out which memory access an exit is about, by decoding the instruction: KVM says too little, or nothing.</summary>
/// <param name="memory">Guest memory.</param>
public sealed class MemoryAccessFinder(GuestMemory memory)
{
    private readonly LinearMemory _linear = new(memory);
    private readonly InstructionCache _instructions = new();

    /// <summary>After KVM_RUN = -EFAULT, where RIP stands at the instruction and nothing is owed: the access that reaches no memory.</summary>
    /// <returns>Null when nothing at RIP explains it, e.g. a fault on the way into an exception handler.</returns>
    public MemoryAccess? FindForbidden(in KvmRegs registers, in KvmSregs sregs)
    {
        Translation fetch = _linear.Translate(in sregs, registers.Rip);
        if (Unreachable(in fetch, registers.Rip, 1, MemoryAccessKind.Fetch) is { } unfetched)
        {
            return unfetched;
        }

        if (DecodeAt(registers.Rip, in sregs) is not { } decoded)
        {
            return null;
        }

        InstructionView instruction = new(decoded, in registers, in sregs);
        for (int i = 0; i < instruction.MemoryUses; i++)
        {
            if (!instruction.TryGetMemoryUse(i, out ulong linear, out int size, out bool isWrite))
            {
                continue;
            }

            MemoryAccessKind kind = isWrite ? MemoryAccessKind.Write : MemoryAccessKind.Read;
            ulong last = linear + (ulong)Math.Max(1, size) - 1;
            Translation first = _linear.Translate(in sregs, linear);
            Translation end = _linear.Translate(in sregs, last);
            if ((Unreachable(in first, linear, size, kind) ?? Unreachable(in end, last, size, kind)) is { } access)
            {
                return access;
            }
        }

        return null;
    }

    /// <summary>
    /// Takes back a KVM_EXIT_MMIO: afterwards the vCPU stands before the instruction. Works for loads into registers and for plain stores;
    /// others have had effects that cannot be undone, and are to be served as they are.
    /// </summary>
    public bool TryRewindMmio(KvmVcpu vcpu, in KvmSregs sregs, out MemoryAccess access)
    {
        KvmExitMmio mmio = vcpu.Area.Exit.Mmio;
        KvmRegs before = vcpu.Registers;
        bool found = mmio.IsWrite != 0
            ? TryFindStore(in mmio, in sregs, ref before, out access)
            : TryFindLoad(in mmio, in sregs, in before, out access);
        if (!found)
        {
            return false;
        }

        if (mmio.IsWrite == 0)
        {
            vcpu.CompletePendingExit();
        }

        vcpu.Registers = before;
        vcpu.MarkRegistersDirty();
        return true;
    }

    private bool TryFindLoad(in KvmExitMmio mmio, in KvmSregs sregs, in KvmRegs registers, out MemoryAccess access)
    {
        access = default;
        if (DecodeAt(registers.Rip, in sregs) is not { } decoded)
        {
            return false;
        }

        // One memory operand that is only read: what the completion writes is a register, which is restored.
        InstructionView instruction = new(decoded, in registers, in sregs);
        return instruction.MemoryUses == 1 && instruction.TryGetMemoryUse(0, out ulong linear, out int size, out bool isWrite)
            && !isWrite && Matches(linear, size, in mmio, in sregs, out access);
    }

    // RIP is behind the store. Whatever ends there, stores this value and goes to this address does the same when it runs again.
    private bool TryFindStore(in KvmExitMmio mmio, in KvmSregs sregs, ref KvmRegs registers, out MemoryAccess access)
    {
        for (ulong length = IoInstruction.MaxLength; length >= 1; length--)
        {
            ulong start = registers.Rip - length;
            if (DecodeAt(start, in sregs) is not { IsPlainStore: true } decoded || (ulong)decoded.Length != length)
            {
                continue;
            }

            InstructionView instruction = new(decoded, in registers, in sregs);
            for (int i = 0; i < instruction.MemoryUses && instruction.Stores(mmio.Data, (int)mmio.Length); i++)
            {
                if (instruction.TryGetMemoryUse(i, out ulong linear, out int size, out bool isWrite) && isWrite
                    && Matches(linear, size, in mmio, in sregs, out access))
                {
                    registers.Rip = start;
                    return true;
                }
            }
        }

        access = default;
        return false;
    }

    private bool Matches(ulong linear, int size, in KvmExitMmio mmio, in KvmSregs sregs, out MemoryAccess access)
    {
        Translation translation = _linear.Translate(in sregs, linear);
        MemoryAccessKind kind = mmio.IsWrite != 0 ? MemoryAccessKind.Write : MemoryAccessKind.Read;
        access = new MemoryAccess(kind, translation.Gpa, linear, size);
        return translation.IsValid && translation.Gpa == mmio.PhysicalAddress && size == (int)mmio.Length;
    }

    private MemoryAccess? Unreachable(in Translation translation, ulong linear, int size, MemoryAccessKind kind) => translation.Fault switch
    {
        TranslationFault.None => memory.IsReachable(translation.Gpa) ? null : new MemoryAccess(kind, translation.Gpa, linear, size),
        TranslationFault.TableUnreachable or TranslationFault.TableOutsideMemory =>
            new MemoryAccess(MemoryAccessKind.PageWalk, translation.Gpa, linear, sizeof(ulong)),
        _ => null,
    };

    private DecodedInstruction? DecodeAt(ulong rip, in KvmSregs sregs)
    {
        Span<byte> code = stackalloc byte[IoInstruction.MaxLength];
        int length = _linear.Read(in sregs, sregs.Cs.L != 0 ? rip : sregs.Cs.Base + rip, code);
        return _instructions.Get(code[..length], rip, DecodedInstruction.BitsOf(in sregs));
    }
}
