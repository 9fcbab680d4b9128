using System.Buffers.Binary;
using System.Diagnostics;
using Iced.Intel;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Benchmarks.Interrupts;

/// <summary>
/// Measures what it costs a queue's thread to send a message: by KVM_SIGNAL_MSI, and by an irqfd; to a guest that takes the interrupts, and to a vCPU that
/// does not run. The two take turns in slices, so that whatever else the host does meets both alike.
/// </summary>
internal static class InterruptReport
{
    private const int SignalsPerSlice = 500;
    private const int Slices = 101;
    private const ulong Origin = 0x1000;
    private const ulong Handler = 0x3000;
    private const byte Vector = 0x41;
    private const ulong MemorySize = 0x10_0000;
    private const uint EoiMsr = 0x80B;

    public static void Print()
    {
        using KvmSystem kvm = KvmSystem.Open();
        using KvmVm vm = kvm.CreateVm();
        using var memory = GuestMemory.CreateOrdinary(new MemoryRange(0, MemorySize));
        vm.EnableCap(KvmCap.SplitIrqchip, IoApic.PinCount);
        vm.EnableCap(KvmCap.X2apicApi, 1);
        vm.SetMemory(0, 0, MemorySize, memory.Regions[0].PrivateView);
        using KvmVcpu vcpu = CreateVcpu(kvm, vm, memory);
        using KvmInterruptRoutes routes = new(vm);
        MsiMessage message = new(0xFEE0_0000, Vector);
        IMsiLine byMessage = new MsiSinkLine(vm);
        IMsiLine byEvent = routes.Create();
        byMessage.SetMessage(message);
        byEvent.SetMessage(message);
        if (byEvent is MsiSinkLine)
        {
            throw new BenchmarkException("this host's KVM has no irqfd");
        }

        Console.WriteLine($"one interrupt from a thread, median of {Slices} slices of {SignalsPerSlice}, in nanoseconds");
        Console.WriteLine($"{"",-24} {"KVM_SIGNAL_MSI",16} {"irqfd",10} {"ratio",7}");
        PrintRow("vCPU does not run", byMessage, byEvent);
        bool ended = false;
        Thread guest = new(() =>
        {
            while (!Volatile.Read(ref ended))
            {
                vcpu.Run();
            }
        });
        guest.Start();
        PrintRow("vCPU takes it", byMessage, byEvent);
        Volatile.Write(ref ended, true);
        vcpu.RequestImmediateExit();
        byMessage.Signal();
        guest.Join();
    }

    private static void PrintRow(string what, IMsiLine byMessage, IMsiLine byEvent)
    {
        double[] messages = new double[Slices];
        double[] events = new double[Slices];
        Time(byMessage);
        Time(byEvent);
        for (int i = 0; i < Slices; i++)
        {
            messages[i] = Time(byMessage);
            events[i] = Time(byEvent);
        }

        double ratio = Median([.. events.Zip(messages, (one, other) => one / other)]);
        Console.WriteLine($"{what,-24} {Median(messages),16:0} {Median(events),10:0} {ratio,7:0.00}");
    }

    private static double Time(IMsiLine line)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < SignalsPerSlice; i++)
        {
            line.Signal();
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / SignalsPerSlice;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    // A guest in real mode with its x2APIC on, which spins, and ends interrupts.
    private static KvmVcpu CreateVcpu(KvmSystem kvm, KvmVm vm, GuestMemory memory)
    {
        memory.Write(Origin, Assemble(Origin, c =>
        {
            WriteMsr(c, 0x1B, 0xFEE0_0D00); // enabled, x2APIC, boot processor
            WriteMsr(c, 0x80F, 0x1FF);
            c.sti();
            Label spin = c.CreateLabel();
            c.Label(ref spin);
            c.jmp(spin);
        }));
        memory.Write(Handler, Assemble(Handler, c =>
        {
            WriteMsr(c, EoiMsr, 0);
            c.iret();
        }));
        byte[] entry = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)Handler);
        memory.Write(Vector * sizeof(uint), entry);
        KvmVcpu vcpu = vm.CreateVcpu(0);
        vcpu.SetCpuid(kvm.GetSupportedCpuid());
        vcpu.GetSregs(out KvmSregs sregs);
        (sregs.Cs.Base, sregs.Cs.Selector) = (0, 0);
        vcpu.SetSregs(ref sregs);
        vcpu.Registers = new KvmRegs { Rip = Origin, Rsp = Origin, Rflags = 2 };
        vcpu.MarkRegistersDirty();
        return vcpu;
    }

    private static void WriteMsr(Assembler c, uint index, uint value)
    {
        c.mov(ecx, index);
        c.mov(eax, value);
        c.xor(edx, edx);
        c.wrmsr();
    }

    private static byte[] Assemble(ulong origin, Action<Assembler> write)
    {
        Assembler assembler = new(16);
        write(assembler);
        using MemoryStream code = new();
        assembler.Assemble(new StreamCodeWriter(code), origin);
        return code.ToArray();
    }
}
