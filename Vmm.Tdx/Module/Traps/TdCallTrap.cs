using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Core.Paging;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Traps;

/// <summary>
/// How TDCALL reaches the software module: plain KVM answers the instruction with #UD inside the guest, so it is replaced, in memory, by one of
/// the same length that exits. OUT changes no register and no flag, and at CPL 3 it faults, as TDCALL does.
/// </summary>
/// <param name="memory">Guest memory.</param>
public sealed class TdCallTrap(GuestMemory memory)
{
    /// <summary>The port behind which TDCALL hides; nothing of a PC answers there. An OUT to it by other code is an ordinary OUT.</summary>
    public const byte Port = 0xB7;

    private const int OutLength = 2;

    /// <summary>OUT Port, AL; 2-byte NOP.</summary>
    private static ReadOnlySpan<byte> Replacement => [0xE6, Port, 0x66, 0x90];

    private readonly LinearMemory _linear = new(memory);

    /// <summary>Replaces every TDCALL in a range of guest memory.</summary>
    /// <returns>How many there were.</returns>
    public int Install(MemoryRange range)
    {
        int sites = 0;
        for (ulong at = range.Gpa; at < range.End;)
        {
            // Pieces overlap by less than one instruction, so that none is missed or counted twice.
            int length = (int)Math.Min(range.End - at, int.MaxValue / 2);
            sites += Install(memory.GetSpan(at, length));
            at += (ulong)(at + (ulong)length == range.End ? length : length - (TdCallInstruction.Length - 1));
        }

        return sites;
    }

    /// <summary>After an exit for <see cref="Port"/>: whether a TDCALL made it.</summary>
    /// <param name="sregs">State of the vCPU.</param>
    /// <param name="rip">RIP at the exit: at the OUT, or behind it where KVM emulates.</param>
    /// <param name="next">RIP behind the TDCALL.</param>
    public bool IsTdCall(in KvmSregs sregs, ulong rip, out ulong next)
    {
        next = 0;
        if (sregs.Ss.Dpl != 0)
        {
            // User code with IOPL 3 can make the exit, but no TDCALL.
            return false;
        }

        Span<byte> code = stackalloc byte[TdCallInstruction.Length];
        for (ulong behind = 0; behind <= OutLength; behind += OutLength)
        {
            ulong site = rip - behind;
            if (_linear.Read(in sregs, site, code) == code.Length && code.SequenceEqual(Replacement))
            {
                next = site + (ulong)TdCallInstruction.Length;
                return true;
            }
        }

        return false;
    }

    private static int Install(Span<byte> code)
    {
        int sites = 0;
        for (int at; (at = code.IndexOf(TdCallInstruction.Opcode)) >= 0; sites++)
        {
            Replacement.CopyTo(code[at..]);
            code = code[(at + TdCallInstruction.Length)..];
        }

        return sites;
    }
}
