using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Guests;

/// <summary>
/// A TD to try devices with: reads and writes ports as its serial line tells it. <c>in 510</c> prints a byte in hexadecimal, <c>out 510 41</c> writes
/// one, <c>text 510</c> prints what a port gives as text up to a zero, <c>quit</c> powers off. All numbers are hexadecimal.
/// </summary>
public sealed class PortMonitor
{
    private const ushort SleepControlPort = 0x600;
    private const byte SoftOff = (5 << 2) | 0x20;
    private const int StackSize = 4096;
    private const int LongestText = 256;

    private readonly GuestCode _a = new();
    private readonly SerialLine _line;
    private readonly Label _get;
    private readonly Label _argument;
    private readonly Label _number;
    private readonly Label _digit;
    private readonly Label _next;

    private PortMonitor()
    {
        _line = new SerialLine(_a);
        _get = _a.CreateLabel();
        _argument = _a.CreateLabel();
        _number = _a.CreateLabel();
        _digit = _a.CreateLabel();
        _next = _a.CreateLabel();
    }

    /// <summary>Assembles the program.</summary>
    public static byte[] Assemble()
    {
        PortMonitor monitor = new();
        monitor.Main();
        monitor.Routines();
        monitor._line.Place();
        return monitor._a.ToBytes();
    }

    private void Main()
    {
        Label next = _next;
        Label ignored = _a.CreateLabel();
        _a.mov(rsp, _a.Zeros(StackSize, 16) + StackSize);
        _a.Label(ref next);
        _line.Put('>');
        _line.Put(' ');
        _a.Label(ref ignored);
        _a.call(_get);
        On('i', In);
        On('o', Out);
        On('t', Text);
        On('q', Quit);
        _a.jmp(ignored);
    }

    /// <summary>The first letter decides.</summary>
    private void On(char letter, Action command)
    {
        Label other = _a.CreateLabel();
        _a.cmp(r11d, letter);
        _a.jne(other);
        command();
        _a.jmp(_next);
        _a.Label(ref other);
    }

    private void In()
    {
        _a.call(_argument);
        _a.PortIn(1);
        _a.mov(rdi, r11);
        _a.mov(r15d, edi);
        _a.shr(r15d, 4);
        _a.call(_digit);
        _a.mov(r15d, edi);
        _a.call(_digit);
        _line.Put('\n');
    }

    private void Out()
    {
        _a.call(_argument);
        _a.mov(rbp, rbx);
        _a.call(_number);
        _a.mov(r15, rbx);
        _a.mov(rbx, rbp);
        _a.PortOut(1);
    }

    private void Text()
    {
        Label more = _a.CreateLabel();
        Label end = _a.CreateLabel();
        _a.call(_argument);
        _a.mov(edi, LongestText);
        _a.Label(ref more);
        _a.PortIn(1);
        _a.test(r11b, r11b);
        _a.je(end);
        _a.mov(r15, r11);
        _line.Put();
        _a.dec(edi);
        _a.jne(more);
        _a.Label(ref end);
        _line.Put('\n');
    }

    private void Quit()
    {
        Label word = _a.CreateLabel();
        Label forever = _a.CreateLabel();
        _a.Label(ref word);
        _a.call(_get);
        _a.cmp(r11d, ' ');
        _a.jae(word);
        _a.mov(r15d, SoftOff);
        _a.PortOut(SleepControlPort, 1);
        _a.Label(ref forever);
        _a.hlt();
        _a.jmp(forever);
    }

    private void Routines()
    {
        Label number = _number;
        Label digit = _digit;
        Label get = _get;
        Label argument = _argument;
        Label more = _a.CreateLabel();
        Label isDecimal = _a.CreateLabel();
        Label done = _a.CreateLabel();

        // Waits for a character and echoes it; terminals send a carriage return for the Enter key.
        Label other = _a.CreateLabel();
        _a.Label(ref get);
        _line.Get();
        _a.mov(rsi, r11);
        _a.cmp(esi, '\r');
        _a.jne(other);
        _a.mov(esi, '\n');
        _a.Label(ref other);
        _a.mov(r15, rsi);
        _line.Put();
        _a.mov(r11, rsi);
        _a.ret();

        // Skips the rest of a word.
        _a.Label(ref argument);
        _a.call(_get);
        _a.cmp(r11d, ' ');
        _a.jne(argument);

        // Reads a hexadecimal number into RBX, up to and with the character behind it.
        _a.Label(ref number);
        _a.xor(ebx, ebx);
        _a.Label(ref more);
        _a.call(_get);
        _a.cmp(r11d, '0');
        _a.jb(done);
        _a.cmp(r11d, '9');
        _a.jbe(isDecimal);
        _a.or(r11d, 0x20); // either case
        _a.sub(r11d, 'a' - '0' - 10);
        _a.Label(ref isDecimal);
        _a.sub(r11d, '0');
        _a.shl(rbx, 4);
        _a.or(rbx, r11);
        _a.jmp(more);
        _a.Label(ref done);
        _a.ret();

        // Prints the low four bits of R15.
        Label decimalDigit = _a.CreateLabel();
        _a.Label(ref digit);
        _a.and(r15d, 0xF);
        _a.cmp(r15d, 10);
        _a.jb(decimalDigit);
        _a.add(r15d, 'a' - '0' - 10);
        _a.Label(ref decimalDigit);
        _a.add(r15d, '0');
        _line.Put();
        _a.ret();
    }
}
