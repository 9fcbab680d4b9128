using System.Text;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Guests;

/// <summary>
/// The TD of the README: tells over its serial port what it sees, and powers off. If a call does not do what the specification says, it ends
/// with the number of the step as exit code.
/// </summary>
public sealed class HelloTd
{
    private const ushort PostPort = 0x80;
    private const ushort DebugExitPort = 0xF4;
    private const ushort SleepControlPort = 0x600;
    private const byte SoftOff = (5 << 2) | 0x20;
    private const uint HypervisorLeaf = 0x4000_0000;
    private const uint ApicBaseMsr = 0x1B;
    private const int StackSize = 4096;
    private const int ReportSize = 1024;
    private const int ReportRtmr3 = 512 + 352;

    private readonly GuestCode _a = new();
    private readonly Label _print;
    private readonly Label _printHex;
    private readonly SerialLine _line;

    private HelloTd()
    {
        _print = _a.CreateLabel();
        _printHex = _a.CreateLabel();
        _line = new SerialLine(_a);
    }

    /// <summary>Assembles the program.</summary>
    public static byte[] Assemble()
    {
        var hello = new HelloTd();
        hello.Main();
        hello.Routines();
        hello._line.Place();
        return hello._a.ToBytes();
    }

    private void Main()
    {
        ulong stack = _a.Zeros(StackSize, 16);
        ulong digest = _a.Data([.. Enumerable.Range(1, 48).Select(i => (byte)i)], 64);
        ulong reportData = _a.Data(Encoding.ASCII.GetBytes("hello TD".PadRight(64, '.')), 64);
        ulong report = _a.Zeros(ReportSize, ReportSize);

        _a.mov(rsp, stack + StackSize);
        Say("Hello from a trust domain.\n");

        _a.TdCall(leaf: 1);
        Require(step: 1);
        _a.mov(rbx, r8);
        _a.mov(rbp, rdx);
        _a.mov(rdi, rcx);
        Tell("TDG.VP.INFO         guest-physical address width 0x", rdi, digits: 2);
        Tell(", attributes 0x", rbp, digits: 16);
        Tell(", vCPUs 0x", rbx, digits: 2);
        Say("\n");

        _a.mov(r12d, HypervisorLeaf);
        _a.xor(r13d, r13d);
        _a.VmCall(10);
        RequireServed(step: 2);
        _a.mov(rbx, r13);
        _a.mov(rbp, r14);
        _a.mov(rdi, r15);
        Say("TDVMCALL CPUID      hypervisor \"");
        SayFourLetters(rbx);
        SayFourLetters(rbp);
        SayFourLetters(rdi);
        Say("\"\n");

        _a.mov(r12d, ApicBaseMsr);
        _a.VmCall(31);
        RequireServed(step: 3);
        _a.mov(rbx, r11);
        Tell("TDVMCALL RDMSR      IA32_APIC_BASE 0x", rbx, digits: 8);
        Say("\n");

        _a.mov(rcx, digest);
        _a.mov(edx, 3);
        _a.TdCall(leaf: 2);
        Require(step: 4);
        Say("TDG.MR.RTMR.EXTEND  RTMR3 extended\n");

        _a.mov(rcx, report);
        _a.mov(rdx, reportData);
        _a.xor(r8d, r8d);
        _a.TdCall(leaf: 4);
        Require(step: 5);
        _a.mov(rbx, report + ReportRtmr3);
        _a.mov(rbx, __[rbx]);
        _a.bswap(rbx);
        Tell("TDG.MR.REPORT       RTMR3 begins with ", rbx, digits: 16);
        Say("\n");

        _a.mov(r15d, 0x42);
        _a.PortOut(PostPort, 1);
        RequireServed(step: 6);
        _a.PortIn(PostPort, 1);
        RequireServed(step: 7);
        _a.mov(rbx, r11);
        Tell("TDVMCALL IO         port 0x80 written and read back: 0x", rbx, digits: 2);
        Say("\nPowering off.\n");

        _a.mov(r15d, SoftOff);
        _a.PortOut(SleepControlPort, 1);
        End(code: 255); // nobody has switched us off
    }

    private void Say(string text)
    {
        _a.mov(rsi, _a.Data(Encoding.ASCII.GetBytes(text + '\0')));
        _a.call(_print);
    }

    private void Tell(string text, AssemblerRegister64 value, int digits)
    {
        Say(text);
        _a.mov(rax, value);
        _a.mov(r9d, digits);
        _a.call(_printHex);
    }

    private void SayFourLetters(AssemblerRegister64 letters)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            _a.mov(r15, letters);
            _a.shr(r15, (byte)shift);
            _a.and(r15d, 0xFF);
            Label padding = _a.CreateLabel();
            _a.je(padding); // names are padded with zeros
            _line.Put();
            _a.Label(ref padding);
        }
    }

    private void Require(byte step)
    {
        Label fine = _a.CreateLabel();
        _a.test(rax, rax);
        _a.je(fine);
        End(step);
        _a.Label(ref fine);
    }

    // A TDVMCALL also has the VMM's own status.
    private void RequireServed(byte step)
    {
        _a.or(rax, r10);
        Require(step);
    }

    private void End(uint code)
    {
        _a.mov(r15d, code);
        _a.PortOut(DebugExitPort, 1);
        Label forever = _a.CreateLabel();
        _a.Label(ref forever);
        _a.hlt();
        _a.jmp(forever);
    }

    private void Routines()
    {
        Label print = _print;
        Label printHex = _printHex;
        Label done = _a.CreateLabel();
        Label decimalDigit = _a.CreateLabel();

        // The zero-terminated string at RSI.
        _a.Label(ref print);
        _a.movzx(r15d, __byte_ptr[rsi]);
        _a.test(r15d, r15d);
        _a.je(done);
        _line.Put();
        _a.inc(rsi);
        _a.jmp(print);
        _a.Label(ref done);
        _a.ret();

        // The lowest R9 digits of RAX.
        _a.Label(ref printHex);
        _a.push(rax);
        _a.mov(ecx, r9d);
        _a.dec(ecx);
        _a.shl(ecx, 2);
        _a.shr(rax, cl);
        _a.and(eax, 0xF);
        _a.cmp(eax, 10);
        _a.jb(decimalDigit);
        _a.add(eax, 'a' - '0' - 10);
        _a.Label(ref decimalDigit);
        _a.add(eax, '0');
        _a.mov(r15d, eax);
        _line.Put();
        _a.pop(rax);
        _a.dec(r9d);
        _a.jne(printHex);
        _a.ret();
    }
}
