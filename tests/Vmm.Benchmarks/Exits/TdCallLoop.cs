using Iced.Intel;
using Vmm.Guests;
using Vmm.Tdx.Abi;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Benchmarks.Exits;

/// <summary>A TD that writes to the trivial device's port by TDVMCALL for ever. Its registers survive the call, so that a round is two instructions.</summary>
internal static class TdCallLoop
{
    private const ulong ByteSize = 1;
    private const ulong Write = 1;

    /// <summary>An ELF image of it.</summary>
    public static byte[] Create()
    {
        GuestCode c = new();
        c.mov(ecx, GuestCode.AllRegisters);
        c.xor(r10d, r10d);
        c.mov(r11d, (uint)VmCallLeaf.InstructionIo);
        c.mov(r12d, (uint)ByteSize);
        c.mov(r13d, (uint)Write);
        c.mov(r14d, TrivialDevice.Port);
        c.xor(r15d, r15d);
        c.xor(eax, eax);
        Label again = c.CreateLabel();
        c.Label(ref again);
        c.TdCall();
        c.jmp(again);
        return ElfImage.Create(c.ToBytes());
    }
}
