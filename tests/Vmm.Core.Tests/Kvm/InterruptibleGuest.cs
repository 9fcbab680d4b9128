using System.Buffers.Binary;
using Iced.Intel;
using Vmm.Core.Kvm;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Core.Tests.Kvm;

/// <summary>A real-mode guest with its x2APIC on: says when it is ready, spins, and says when the interrupt came and was ended.</summary>
internal static class InterruptibleGuest
{
    public const byte Vector = 0x41;
    public const byte ReadyPort = 0x80;
    public const byte HandlerPort = 0x81;
    public const byte AgainPort = 0x82;

    private const ulong Handler = 0x3000;
    private const ulong IoApicPins = 24;
    private const ulong Use32BitIds = 1;
    private const uint ApicBaseMsr = 0x1B;
    private const uint ApicBase = 0xFEE0_0D00; // at its usual place, enabled, x2APIC, boot processor
    private const uint EoiMsr = 0x80B;
    private const uint SpuriousMsr = 0x80F;
    private const uint ApicEnabled = 0x1FF;

    public static TestGuest Create(IKvmSyscalls? syscalls = null)
    {
        TestGuest guest = new(syscalls);
        guest.Vm.EnableCap(KvmCap.SplitIrqchip, IoApicPins);
        guest.Vm.EnableCap(KvmCap.X2apicApi, Use32BitIds);
        byte[] vector = new byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(vector, (ushort)Handler);
        guest.Memory.Write(Vector * 4, vector);
        guest.Memory.Write(Handler, GuestCode.RealMode(Handler, WriteHandler));
        return guest.StartReal(WriteProgram);
    }

    private static void WriteProgram(Assembler c)
    {
        WriteMsr(c, ApicBaseMsr, ApicBase);
        WriteMsr(c, SpuriousMsr, ApicEnabled);
        c.sti();
        c.@out(ReadyPort, al);
        Label spin = c.CreateLabel();
        c.Label(ref spin);
        c.jmp(spin);
    }

    private static void WriteHandler(Assembler c)
    {
        c.@out(HandlerPort, al);
        WriteMsr(c, EoiMsr, 0);
        c.@out(AgainPort, al);
        c.iret();
    }

    private static void WriteMsr(Assembler c, uint index, uint value)
    {
        c.mov(ecx, index);
        c.mov(eax, value);
        c.xor(edx, edx);
        c.wrmsr();
    }
}
