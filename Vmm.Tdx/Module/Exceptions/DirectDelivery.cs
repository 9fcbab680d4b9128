using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Core.Paging;

namespace Vmm.Tdx.Module.Exceptions;

/// <summary>
/// Delivers an exception without KVM, as the processor would: pushes the frame and enters the handler. That spares a KVM_RUN, and it does not ask
/// the host processor to inject a vector that it may not know (20 is undefined on AMD).
/// </summary>
/// <remarks>Handles what kernels do: CPL 0, 64-bit, same code segment, no stack switch, a present stack that has been written to. The rest is KVM's.</remarks>
/// <param name="memory">Guest memory.</param>
internal sealed class DirectDelivery(GuestMemory memory)
{
    private const ulong FlagTrap = 1 << 8;
    private const ulong FlagInterrupt = 1 << 9;
    private const ulong FlagNestedTask = 1 << 14;
    private const ulong FlagResume = 1 << 16;
    private const ulong FlagVirtual8086 = 1 << 17;
    private const ulong Cr4ShadowStacks = 1UL << 23;
    private const ulong Cr4Fred = 1UL << 32;
    private const ulong FrameAlignment = 16;

    private readonly LinearMemory _linear = new(memory);

    /// <summary>Delivers, if this is one of the plain cases.</summary>
    /// <param name="vcpu">The vCPU: its registers stand at the instruction.</param>
    /// <param name="sregs">Its other registers.</param>
    /// <param name="vector">Exception vector.</param>
    /// <returns>False when KVM has to do it; nothing has been changed then.</returns>
    internal bool TryDeliver(KvmVcpu vcpu, in KvmSregs sregs, byte vector)
    {
        ref KvmRegs registers = ref vcpu.Registers;
        if (!IsPlainKernelMode(in sregs) || !TryGetGate(in sregs, vector, out InterruptGate gate) || gate.SwitchesStack || gate.Selector != sregs.Cs.Selector)
        {
            return false;
        }

        ulong stack = (registers.Rsp & ~(FrameAlignment - 1)) - (ulong)Unsafe.SizeOf<ExceptionFrame>();
        if (!TryGetStack(in sregs, stack, out Span<byte> room))
        {
            return false;
        }

        var frame = new ExceptionFrame
        {
            Rip = registers.Rip,
            Cs = sregs.Cs.Selector,
            Rflags = registers.Rflags | FlagResume,
            Rsp = registers.Rsp,
            Ss = sregs.Ss.Selector,
        };
        MemoryMarshal.Write(room, in frame);
        registers.Rsp = stack;
        registers.Rip = gate.Handler;
        registers.Rflags &= ~(FlagTrap | FlagNestedTask | FlagResume | FlagVirtual8086 | (gate.MasksInterrupts ? FlagInterrupt : 0));
        vcpu.MarkRegistersDirty();
        return true;
    }

    private static bool IsPlainKernelMode(in KvmSregs sregs) =>
        sregs.Cs.L != 0 && sregs.Ss.Dpl == 0 && (sregs.Cr4 & (Cr4ShadowStacks | Cr4Fred)) == 0;

    private bool TryGetGate(in KvmSregs sregs, byte vector, out InterruptGate gate)
    {
        int offset = vector * Unsafe.SizeOf<InterruptGate>();
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<InterruptGate>()];
        bool read = offset + bytes.Length - 1 <= sregs.Idt.Limit && _linear.Read(in sregs, sregs.Idt.Base + (ulong)offset, bytes) == bytes.Length;
        gate = read ? MemoryMarshal.Read<InterruptGate>(bytes) : default;
        return gate.IsPresent;
    }

    // A frame that crosses a page, or would change the page tables or fault, is rare: KVM knows how.
    private bool TryGetStack(in KvmSregs sregs, ulong stack, out Span<byte> room)
    {
        const PageRights Needed = PageRights.Writable | PageRights.Dirty;
        int size = Unsafe.SizeOf<ExceptionFrame>();
        return _linear.TryGetRun(in sregs, stack, size, out room, out Translation translation)
            && room.Length == size && (translation.Rights & Needed) == Needed && memory.IsReachable(translation.Gpa);
    }
}
