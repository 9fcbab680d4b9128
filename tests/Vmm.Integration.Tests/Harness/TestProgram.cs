using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Iced.Intel;
using Vmm.Guests;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Harness;

/// <summary>A guest program that leaves register dumps for the test that wrote it.</summary>
internal sealed class TestProgram : GuestCode
{
    /// <summary>Port of the debug-exit device.</summary>
    public const ushort ExitPort = 0xF4;

    /// <summary>RAM that no program covers, 2 MiB-aligned and 2 MiB large.</summary>
    public const ulong Scratch = 0x40_0000;

    /// <summary>Linear address of the shared alias of <see cref="Scratch"/>; see <see cref="MapWindows"/>.</summary>
    public const ulong SharedWindow = 4 * DirectoryReach;

    /// <summary>Linear address of device registers, 16 MiB from <see cref="FirstDevice"/> on; see <see cref="MapWindows"/>.</summary>
    public const ulong DeviceWindow = 5 * DirectoryReach;

    /// <summary>What is seen at <see cref="DeviceWindow"/>.</summary>
    public const ulong FirstDevice = Recorder.Mmio;

    private const int StackSize = 4096;
    private const ulong DirectoryReach = 1UL << 30;
    private const ulong LargePage = 2UL << 20;
    private const ulong LargeEntry = 0x87; // present, writable, for user mode, large
    private const ulong TableEntry = 7;
    private const int TableSize = 4096;
    private const int DeviceEntries = 8;

    private const ushort CodeSelector = 0x10;
    private const int Gates = 256;
    private const int GateSize = 16;

    private bool _ended;

    /// <summary>Begins with a stack.</summary>
    public TestProgram()
        : base(codeSpace: 0x1_0000)
    {
        StackTop = Zeros(StackSize, 16) + StackSize;
        Idt = Zeros(Gates * GateSize, 16);
        mov(rsp, StackTop);
    }

    /// <summary>Memory with contents besides the program's own.</summary>
    public List<(ulong Address, byte[] Bytes)> Segments { get; } = [];

    /// <summary>Where the stack is empty.</summary>
    public ulong StackTop { get; }

    private ulong Idt { get; }

    private static AssemblerRegister64[] Order => [rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];

    /// <summary>
    /// Makes TDCALLs, each with its own registers. Registers are popped off the table and results pushed onto it, so that nothing but the
    /// call itself can change any of them.
    /// </summary>
    /// <returns>Where the results are, one behind the other; see <see cref="TdRun.Registers"/>.</returns>
    public ulong Calls(params ReadOnlySpan<Registers> calls)
    {
        int size = Marshal.SizeOf<Registers>();
        ulong inputs = Data(MemoryMarshal.AsBytes(calls), 16);
        ulong outputs = Zeros(calls.Length * size, 16);
        ulong end = outputs;
        long toOutput = (long)(outputs - inputs);
        Label next = CreateLabel();

        mov(rsp, inputs);
        Label(ref next);
        Pop();
        TdCall();
        lea(rsp, __[rsp + toOutput]);
        Push();
        lea(rsp, __[rsp + (size - toOutput)]);
        mov(rax, end);
        cmp(rsp, rax);
        jb(next);
        mov(rsp, StackTop);
        return outputs;
    }

    /// <summary>Loads registers.</summary>
    public void Load(Registers registers)
    {
        mov(rsp, Data(MemoryMarshal.AsBytes(new ReadOnlySpan<Registers>(in registers)), 16));
        Pop();
        mov(rsp, StackTop);
    }

    /// <summary>Stores the registers; the stack is empty afterwards.</summary>
    /// <returns>Where.</returns>
    public ulong Capture()
    {
        ulong address = Zeros(Marshal.SizeOf<Registers>(), 16);
        mov(rsp, address + (ulong)Marshal.SizeOf<Registers>());
        Push();
        mov(rsp, StackTop);
        return address;
    }

    /// <summary>Stores the quadword in a register.</summary>
    /// <returns>Where.</returns>
    public ulong Store(AssemblerRegister64 register)
    {
        ulong address = Zeros(sizeof(ulong), sizeof(ulong));
        mov(__qword_ptr[(long)address], register);
        return address;
    }

    /// <summary>Maps shared memory and devices behind the identity map of the first 4 GiB. Uses RAX and RBX.</summary>
    public void MapWindows()
    {
        ulong shared = PageDirectory([TestHost.SharedBit | Scratch]);
        ulong devices = PageDirectory([.. Enumerable.Range(0, DeviceEntries).Select(i => TestHost.SharedBit | (FirstDevice + ((ulong)i * LargePage)))]);
        mov(rax, cr3);
        mov(rax, __[rax]);
        and(rax, -TableSize); // the table of page directories for the lowest 512 GiB
        mov(rbx, shared | TableEntry);
        mov(__[rax + (long)(SharedWindow / DirectoryReach * sizeof(ulong))], rbx);
        mov(rbx, devices | TableEntry);
        mov(__[rax + (long)(DeviceWindow / DirectoryReach * sizeof(ulong))], rbx);
    }

    /// <summary>Makes an interrupt gate lead to a handler. Uses RAX.</summary>
    /// <param name="vector">Its vector.</param>
    /// <param name="handler">Where it leads.</param>
    public void SetGate(byte vector, Label handler)
    {
        const int InterruptGate = 0x8E00;
        long gate = (long)Idt + (vector * GateSize);
        lea(rax, __[handler]);
        mov(__word_ptr[gate], ax);
        mov(__word_ptr[gate + 2], (int)CodeSelector);
        mov(__word_ptr[gate + 4], InterruptGate);
        shr(rax, 16);
        mov(__word_ptr[gate + 6], ax);
        shr(rax, 16);
        mov(__dword_ptr[gate + 8], eax);
    }

    /// <summary>Has exceptions and interrupts use the gates.</summary>
    public void LoadIdt()
    {
        const int LimitSize = sizeof(ushort);
        byte[] operand = new byte[LimitSize + sizeof(ulong)];
        BinaryPrimitives.WriteUInt16LittleEndian(operand, (Gates * GateSize) - 1);
        BinaryPrimitives.WriteUInt64LittleEndian(operand.AsSpan(LimitSize), Idt);
        lidt(__[(long)Data(operand, 16)]);
    }

    /// <summary>Ends the run.</summary>
    public void Exit(byte code = 0)
    {
        Label forever = CreateLabel();
        mov(r15d, code);
        PortOut(ExitPort, 1);
        Label(ref forever);
        pause();
        jmp(forever);
        _ended = true;
    }

    /// <summary>Every program ends.</summary>
    internal void Seal()
    {
        if (!_ended)
        {
            Exit();
        }
    }

    private ulong PageDirectory(ReadOnlySpan<ulong> addresses)
    {
        ulong[] entries = new ulong[TableSize / sizeof(ulong)];
        for (int i = 0; i < addresses.Length; i++)
        {
            entries[i] = addresses[i] | LargeEntry;
        }

        return Data(MemoryMarshal.AsBytes<ulong>(entries), TableSize);
    }

    private void Pop()
    {
        popfq();
        foreach (AssemblerRegister64 register in Order)
        {
            pop(register);
        }
    }

    private void Push()
    {
        foreach (AssemblerRegister64 register in Order.Reverse())
        {
            push(register);
        }

        pushfq();
    }
}
