using System.Runtime.InteropServices;
using System.Text;

namespace Vmm.Integration.Tests.Harness;

/// <summary>The general registers of a guest but for RSP and RIP. In memory as POPFQ and fifteen POPs take them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct Registers
{
    public ulong Rflags;
    public ulong Rax;
    public ulong Rcx;
    public ulong Rdx;
    public ulong Rbx;
    public ulong Rbp;
    public ulong Rsi;
    public ulong Rdi;
    public ulong R8;
    public ulong R9;
    public ulong R10;
    public ulong R11;
    public ulong R12;
    public ulong R13;
    public ulong R14;
    public ulong R15;

    /// <summary>Carry, parity, auxiliary, zero, sign, direction, overflow: all flags that a call could disturb; interrupts stay off.</summary>
    public const ulong AllFlags = 0xCD7;

    /// <summary>A different value in each register, so that one that changes, or is taken for another, shows.</summary>
    public static Registers Distinct { get; } = new()
    {
        Rflags = AllFlags,
        Rax = 0xA0A0_0001_F001_1001,
        Rcx = 0xA0A0_0002_F002_1002,
        Rdx = 0xA0A0_0003_F003_1003,
        Rbx = 0xA0A0_0004_F004_1004,
        Rbp = 0xA0A0_0005_F005_1005,
        Rsi = 0xA0A0_0006_F006_1006,
        Rdi = 0xA0A0_0007_F007_1007,
        R8 = 0xA0A0_0008_F008_1008,
        R9 = 0xA0A0_0009_F009_1009,
        R10 = 0xA0A0_000A_F00A_100A,
        R11 = 0xA0A0_000B_F00B_100B,
        R12 = 0xA0A0_000C_F00C_100C,
        R13 = 0xA0A0_000D_F00D_100D,
        R14 = 0xA0A0_000E_F00E_100E,
        R15 = 0xA0A0_000F_F00F_100F,
    };

    private readonly bool PrintMembers(StringBuilder text)
    {
        text.Append($"RFLAGS {Rflags:x} RAX {Rax:x} RCX {Rcx:x} RDX {Rdx:x} RBX {Rbx:x} RBP {Rbp:x} RSI {Rsi:x} RDI {Rdi:x}");
        text.Append($" R8 {R8:x} R9 {R9:x} R10 {R10:x} R11 {R11:x} R12 {R12:x} R13 {R13:x} R14 {R14:x} R15 {R15:x}");
        return true;
    }
}
