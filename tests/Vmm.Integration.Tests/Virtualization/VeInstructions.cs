using Iced.Intel;
using Vmm.Integration.Tests.Harness;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>The instructions that raise #VE in a TD, with the qualifications of the specification.</summary>
internal static class VeInstructions
{
    private const ulong IoInstruction = 30;
    private const ulong Rdmsr = 31;
    private const ulong Wrmsr = 32;
    private const ulong In = 1 << 3;
    private const ulong String = 1 << 4;
    private const ulong Rep = 1 << 5;
    private const ulong Immediate = 1 << 6;
    private const ulong LinearAddressValid = 0x180;
    private const ulong DataRead = 1;
    private const ulong DataWrite = 2;

    /// <summary>IN and OUT with the port in DX or in the instruction, INS and OUTS, with and without REP.</summary>
    public static IEnumerable<VeCase> Ports(ushort dx, byte immediate) =>
    [
        Io("in al, dx", [0xEC], dx, 1, In), Io("in ax, dx", [0x66, 0xED], dx, 2, In), Io("in eax, dx", [0xED], dx, 4, In),
        Io("in al, imm8", [0xE4, immediate], immediate, 1, In | Immediate), Io("in ax, imm8", [0x66, 0xE5, immediate], immediate, 2, In | Immediate),
        Io("in eax, imm8", [0xE5, immediate], immediate, 4, In | Immediate),
        Io("out dx, al", [0xEE], dx, 1, 0), Io("out dx, ax", [0x66, 0xEF], dx, 2, 0), Io("out dx, eax", [0xEF], dx, 4, 0),
        Io("out imm8, al", [0xE6, immediate], immediate, 1, Immediate), Io("out imm8, ax", [0x66, 0xE7, immediate], immediate, 2, Immediate),
        Io("out imm8, eax", [0xE7, immediate], immediate, 4, Immediate),
        Io("insb", [0x6C], dx, 1, In | String), Io("insw", [0x66, 0x6D], dx, 2, In | String), Io("insd", [0x6D], dx, 4, In | String),
        Io("outsb", [0x6E], dx, 1, String), Io("outsw", [0x66, 0x6F], dx, 2, String), Io("outsd", [0x6F], dx, 4, String),
        Io("rep insb", [0xF3, 0x6C], dx, 1, In | String | Rep), Io("rep insd", [0xF3, 0x6D], dx, 4, In | String | Rep),
        Io("rep outsb", [0xF3, 0x6E], dx, 1, String | Rep), Io("rep outsw", [0x66, 0xF3, 0x6F], dx, 2, String | Rep), Io("rep outsd", [0xF3, 0x6F], dx, 4, String | Rep),
        Io("repne outsb", [0xF2, 0x6E], dx, 1, String | Rep),
    ];

    /// <summary>IN and OUT behind prefixes that mean nothing to them.</summary>
    public static IEnumerable<VeCase> PrefixedPorts(ushort dx, byte immediate)
    {
        foreach (byte prefix in new byte[] { 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x67, 0x40, 0x48, 0x4F })
        {
            yield return Io($"{prefix:x2} in al, dx", [prefix, 0xEC], dx, 1, In);
            yield return Io($"{prefix:x2} in eax, dx", [prefix, 0xED], dx, 4, In);
            yield return Io($"{prefix:x2} out dx, al", [prefix, 0xEE], dx, 1, 0) with { IdlePrefixes = 1 };
            yield return Io($"{prefix:x2} out imm8, eax", [prefix, 0xE7, immediate], immediate, 4, Immediate) with { IdlePrefixes = 1 };
        }
    }

    /// <summary>RDMSR and WRMSR.</summary>
    public static IEnumerable<VeCase> Msrs() =>
        [new("rdmsr", p => p.rdmsr(), Rdmsr), new("wrmsr", p => p.wrmsr(), Wrmsr)];

    /// <summary>Loads from and stores to device registers.</summary>
    /// <param name="address">How the instruction names the register.</param>
    /// <param name="linear">Where that is.</param>
    /// <param name="physical">Where that is in guest-physical memory.</param>
    public static IEnumerable<VeCase> Mmio(AssemblerMemoryOperand address, ulong linear, ulong physical)
    {
        VeCase Load(string name, Action<TestProgram> emit) =>
            new(name, emit, VeCase.EptViolation, LinearAddressValid | DataRead) { Linear = linear, Physical = physical };
        VeCase Store(string name, Action<TestProgram> emit) =>
            new(name, emit, VeCase.EptViolation, LinearAddressValid | DataWrite) { Linear = linear, Physical = physical };
        return
        [
            Load("mov cl, m8", p => p.mov(cl, address)), Load("mov r10b, m8", p => p.mov(r10b, address)), Load("mov si, m16", p => p.mov(si, address)),
            Load("mov edx, m32", p => p.mov(edx, address)), Load("mov r15d, m32", p => p.mov(r15d, address)), Load("mov rdi, m64", p => p.mov(rdi, address)),
            Load("mov r9, m64", p => p.mov(r9, address)),
            Load("movzx ecx, m8", p => p.movzx(ecx, __byte_ptr[address])), Load("movzx r11d, m16", p => p.movzx(r11d, __word_ptr[address])),
            Load("movzx rax, m8", p => p.movzx(rax, __byte_ptr[address])), Load("movsx edx, m8", p => p.movsx(edx, __byte_ptr[address])),
            Load("movsx rax, m16", p => p.movsx(rax, __word_ptr[address])), Load("movsxd rsi, m32", p => p.movsxd(rsi, __dword_ptr[address])),
            Load("add eax, m32", p => p.add(eax, address)), Load("cmp m8, imm", p => p.cmp(__byte_ptr[address], 7)), Load("test m32, ecx", p => p.test(__dword_ptr[address], ecx)),
            Store("mov m8, al", p => p.mov(address, al)), Store("mov m8, r15b", p => p.mov(address, r15b)), Store("mov m16, dx", p => p.mov(address, dx)),
            Store("mov m32, ecx", p => p.mov(address, ecx)), Store("mov m32, r9d", p => p.mov(address, r9d)), Store("mov m64, rax", p => p.mov(address, rax)),
            Store("mov m64, r14", p => p.mov(address, r14)),
            Store("mov m8, imm", p => p.mov(__byte_ptr[address], 0x5A)), Store("mov m16, imm", p => p.mov(__word_ptr[address], 0x5AA5)),
            Store("mov m32, imm", p => p.mov(__dword_ptr[address], 0x1234_5678)), Store("mov m64, imm", p => p.mov(__qword_ptr[address], -2)),
        ];
    }

    private static VeCase Io(string name, byte[] code, ushort port, int size, ulong flags) =>
        new(name, p => p.db(code), IoInstruction, (uint)(size - 1) | flags | ((ulong)port << 16));
}
