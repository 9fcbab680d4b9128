using Iced.Intel;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>
/// Whatever KVM has already done of an instruction when it exits: a guest's handler always finds the instruction's start and untouched registers.
/// </summary>
public sealed class ExitNormalizationTests
{
    private const int Blocks = 24;
    private const int InstructionsABlock = 12;
    private const ulong DirectionFlag = 1 << 10;

    [KvmTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void RandomSequence_AnyRegisters_HandlerSeesStartAndRegisters(int seed)
    {
        Random random = new(seed);
        VeProgram program = new();
        for (int block = 0; block < Blocks; block++)
        {
            ushort port = (ushort)(Recorder.Port + random.Next(Recorder.PortCount));
            byte immediate = (byte)(Recorder.ImmediatePort + random.Next(4));
            ulong buffer = program.Zeros(128) + 64;
            ulong offset = (ulong)random.Next(0x1F00);
            int displacement = random.Next(-100_000, 100_000);
            (AssemblerMemoryOperand operand, Func<Registers, ulong, Registers> point) = Address(random, displacement);
            Registers registers = RandomRegisters(random) with { Rcx = 0x17, Rdx = port, Rsi = buffer, Rdi = buffer };
            ulong linear = TestProgram.DeviceWindow + offset;
            registers = point(registers, linear - (ulong)(long)displacement);
            VeCase[] all =
            [
                .. VeInstructions.Ports(port, immediate), .. VeInstructions.PrefixedPorts(port, immediate), .. VeInstructions.Msrs(),
                .. VeInstructions.Mmio(operand, linear, (Recorder.Mmio + offset) | TestHost.SharedBit),
            ];
            program.Add(registers, Sequence(random, all));
        }

        program.Check();
    }

    // OUTS right before REP OUTS is left out: KVM's exits of the two are the same in every respect.
    private static List<VeCase> Sequence(Random random, VeCase[] all)
    {
        List<VeCase> sequence = [];
        while (sequence.Count < InstructionsABlock)
        {
            VeCase next = all[random.Next(all.Length)];
            if (sequence.Count == 0 || !IsOuts(sequence[^1]) || !IsOuts(next))
            {
                sequence.Add(next);
            }
        }

        return sequence;
    }

    private static bool IsOuts(VeCase instruction) => instruction.Name.Contains("outs", StringComparison.Ordinal);

    private static Registers RandomRegisters(Random random)
    {
        ulong Any() => (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 1);
        ulong flags = Registers.AllFlags & (Any() | 2);
        return new Registers
        {
            Rflags = random.Next(2) == 0 ? flags & ~DirectionFlag : flags,
            Rax = Any(),
            Rbx = Any(),
            Rbp = Any(),
            R8 = Any(),
            R9 = Any(),
            R10 = Any(),
            R11 = Any(),
            R12 = Any(),
            R13 = Any(),
            R14 = Any(),
            R15 = Any(),
        };
    }

    // Every form of addressing: bases with encodings of their own (RBP, R12, R13), an index with a scale, with and without displacement.
    private static (AssemblerMemoryOperand Operand, Func<Registers, ulong, Registers> Point) Address(Random random, int displacement) => random.Next(6) switch
    {
        0 => (__[rbx + displacement], (r, address) => r with { Rbx = address }),
        1 => (__[rbp + displacement], (r, address) => r with { Rbp = address }),
        2 => (__[r12 + displacement], (r, address) => r with { R12 = address }),
        3 => (__[r13 + displacement], (r, address) => r with { R13 = address }),
        4 => (__[r8 + (r14 * 4) + displacement], (r, address) => r with { R8 = address - 0x400, R14 = 0x100 }),
        _ => (__[rbp + (r8 * 8) + displacement], (r, address) => r with { Rbp = address + 0x800, R8 = unchecked((ulong)-0x100) }),
    };
}
