using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Iced.Intel;
using Vmm.Integration.Tests.Harness;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>Takes a guest program to CPL 3: segments, a TSS with a kernel stack, and the program's pages open to user mode.</summary>
internal sealed class UserMode
{
    public const ulong DataSelector = 0x20 | 3;
    public const ulong CodeSelector = 0x28 | 3;

    private const ushort TaskSelector = 0x30;
    private const int StackSize = 4096;
    private const int TssSize = 0x68;
    private const ulong KernelCode = 0x00AF_9B00_0000_FFFF;
    private const ulong KernelData = 0x00CF_9300_0000_FFFF;
    private const ulong UserData = 0x00CF_F300_0000_FFFF;
    private const ulong UserCode = 0x00AF_FB00_0000_FFFF;
    private const ulong AvailableTss = 0x0000_8900_0000_0000;
    private const int UserBit = 4;

    private readonly TestProgram _p;
    private readonly Label _start;

    /// <summary>Prepares a program for user mode; still at CPL 0.</summary>
    public UserMode(TestProgram program)
    {
        _p = program;
        _start = program.CreateLabel();
        StackTop = program.Zeros(StackSize, 16) + StackSize;
        LoadTables();
        OpenPages();
    }

    /// <summary>Where the user's stack is empty.</summary>
    public ulong StackTop { get; }

    /// <summary>Goes to user mode; what the program does next it does there.</summary>
    public void Enter(Registers registers)
    {
        Label start = _start;
        ulong frame = _p.Data(MemoryMarshal.AsBytes<ulong>([0, CodeSelector, registers.Rflags, StackTop, DataSelector]), 16);
        _p.Load(registers);
        _p.mov(rsp, frame);
        _p.iretq();
        _p.Label(ref start);
        _p.PlaceAddress(frame, start);
    }

    private void LoadTables()
    {
        byte[] tss = new byte[TssSize];
        BinaryPrimitives.WriteUInt64LittleEndian(tss.AsSpan(4), _p.StackTop); // RSP0
        BinaryPrimitives.WriteUInt16LittleEndian(tss.AsSpan(0x66), TssSize); // no I/O permission bitmap
        ulong address = _p.Data(tss, 16);
        ulong low = (TssSize - 1) | ((address & 0xFF_FFFF) << 16) | AvailableTss | ((address >> 24 & 0xFF) << 56);
        ulong[] descriptors = [0, 0, KernelCode, KernelData, UserData, UserCode, low, address >> 32];
        ulong gdt = _p.Data(MemoryMarshal.AsBytes<ulong>(descriptors), 16);
        byte[] operand = new byte[sizeof(ushort) + sizeof(ulong)];
        BinaryPrimitives.WriteUInt16LittleEndian(operand, (ushort)(Buffer.ByteLength(descriptors) - 1));
        BinaryPrimitives.WriteUInt64LittleEndian(operand.AsSpan(sizeof(ushort)), gdt);
        _p.lgdt(__[(long)_p.Data(operand, 16)]);
        _p.mov(ax, (int)TaskSelector);
        _p.ltr(ax);
    }

    // The program's 2 MiB, and the tables that lead to them and to the windows, which are open themselves.
    private void OpenPages()
    {
        _p.mov(rax, cr3);
        _p.or(__byte_ptr[rax], UserBit);
        _p.mov(rax, __[rax]);
        _p.and(rax, -0x1000);
        _p.or(__byte_ptr[rax], UserBit);
        _p.mov(rax, __[rax]);
        _p.and(rax, -0x1000);
        _p.or(__byte_ptr[rax + sizeof(ulong)], UserBit);
        _p.mov(rax, cr3);
        _p.mov(cr3, rax);
    }
}
