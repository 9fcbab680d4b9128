using System.Runtime.InteropServices;
using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Hostile;

/// <summary>
/// Random TDCALLs of every leaf and every sub-function, with operands that are good, nearly good, and absurd. They convert and overwrite no
/// memory but what is set aside for that, and neither halt the vCPU nor end the run.
/// </summary>
internal sealed class HostileCalls(int seed)
{
    /// <summary>Memory that stays private: for operands of the module, which may not lie in pages that are not the guest's.</summary>
    public const ulong Private = 8 << 20;

    /// <summary>Memory that is converted to and fro.</summary>
    public const ulong Converted = 16 << 20;

    /// <summary>Size of either.</summary>
    public const ulong AreaSize = 8 << 20;

    /// <summary>Registers of a call: RAX, RCX, RDX, RBX, RBP, RSI, RDI, R8 to R15.</summary>
    public const int RegistersACall = 15;

    private const ulong IoApic = 0xFEC0_0000;
    private const ulong PastMemory = 0x4000_0000;
    private const uint InterruptCommand = 0x830; // can send INIT to the vCPU itself
    private const int KvmMapGpaRange = 12;

    private static readonly ulong[] Leaves = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 18, 20, 22, 23, 24];
    private static readonly ulong[] SubFunctions = [10, 15, 18, 30, 31, 32, 48, 54, 65, 0x10000, 0x10001, 0x10002, 0x10003, 0x10004, 0x10005, 0x10006];
    private static readonly ulong[] Fields =
    [
        0x1110_0003_0000_0000, 0x9110_0003_0000_0010, 0x9110_0003_0000_0017, 0x1310_0003_0000_0040, 0x9810_0003_0000_0010, 0xA020_0002_0000_0002,
        0xA020_0000_0000_0007, 0x0800_0002_0000_0000, 0x9C10_0002_0000_0000, ulong.MaxValue,
    ];

    private static readonly ulong[] Msrs = [0x10, 0x1B, 0x3A, 0x8B, 0x174, 0x1A0, 0x200, 0x277, 0x2FF, 0x400, 0x6E0, 0x80F, 0x832, 0x83F, 0x4B56_4D05, 0xC000_0080];
    private static readonly ulong[] Edges = [0, 1, 2, 3, 4, 7, 8, 31, 32, 255, 256, 0x1000, 0x2000, 1UL << 31, 1UL << 32, 1UL << 62, 1UL << 63, ulong.MaxValue];

    private readonly Random _random = new(seed);

    /// <summary>Makes the registers of some calls, one call behind the other.</summary>
    public ulong[] Create(int count)
    {
        ulong[] all = new ulong[count * RegistersACall];
        for (int i = 0; i < count; i++)
        {
            Registers call = Next();
            MemoryMarshal.Cast<Registers, ulong>(MemoryMarshal.CreateSpan(ref call, 1))[1..].CopyTo(all.AsSpan(i * RegistersACall));
        }

        return all;
    }

    private Registers Next() => _random.Next(10) switch
    {
        0 => Noise() with { Rax = Any() | 0x100 },
        < 4 => ModuleCall(Pick(Leaves)),
        4 => VendorCall(),
        _ => VmCall(_random.Next(20) == 0 ? Any() | 0x2_0000 : Pick(SubFunctions)),
    };

    private Registers ModuleCall(ulong leaf)
    {
        Registers call = Noise() with { Rax = leaf, Rcx = Operand(), Rdx = Operand(), R8 = Small(), R9 = Any() };
        return leaf switch
        {
            2 => call with { Rdx = Small() },
            5 => call with { Rcx = Small() },
            6 => call with { Rcx = OneOf(() => PageOf(Converted), () => PageOf(Private), () => Wild()) + (ulong)_random.Next(3) },
            7 or 8 or 9 or 10 or 11 => call with { Rcx = Rarely(Any(), 0), Rdx = Field(), Rax = leaf + (leaf == 7 ? (ulong)_random.Next(3) << 16 : 0) },
            12 => call with { R8 = Field() },
            _ => call,
        };
    }

    private Registers VmCall(ulong subFunction)
    {
        Registers call = Noise() with { Rax = 0, Rcx = Rarely(Any(), Spec.AllPassed), R10 = 0, R11 = subFunction, R12 = Edge(), R13 = Edge(), R14 = Edge() };
        return subFunction switch
        {
            30 => call with { R12 = Pick([1, 2, 4, 8]), R13 = (ulong)_random.Next(3), R14 = Pick([0x80, Recorder.Port, 0x4321, 0xFFFF]) },
            31 => call with { R12 = Msr() },
            32 => call with { R12 = Msr(), R13 = Rarely(Any(), Edge()) },
            48 => call with { R12 = Pick([1, 2, 4, 8, 3]), R13 = (ulong)_random.Next(3), R14 = Rarely(Edge(), Shared(Pick([IoApic, IoApic + 0x10, Recorder.Mmio, PastMemory, Private]))) },
            0x10001 => call with { R12 = MayBeShared(PageOf(Converted, AreaSize / 2)), R13 = Pick([0x1000, 0x2000, 0x10000, 0x20_0000, AreaSize / 2, 0x800, 0]) },
            0x10002 or 0x10005 => call with { R12 = MayBeShared(PageOf(Converted)), R13 = OneOf(() => Edge(), () => MayBeShared(PageOf(Converted))), R14 = Edge() },
            0x10003 => call with { R12 = Edge(), R13 = MayBeShared(PageOf(Converted)) },
            _ => call,
        };
    }

    private Registers VendorCall()
    {
        Registers call = Noise() with { Rax = 0, Rcx = Spec.AllPassed, R10 = OneOf(() => (ulong)_random.Next(1, 16), () => Any() | 0x100) };
        return call.R10 == KvmMapGpaRange
            ? call with { R11 = PageOf(Converted, AreaSize / 2), R12 = (ulong)_random.Next(1024), R13 = Edge() }
            : call;
    }

    private Registers Noise() => new()
    {
        Rax = Any(),
        Rcx = Any(),
        Rdx = Any(),
        Rbx = Any(),
        Rbp = Any(),
        Rsi = Any(),
        Rdi = Any(),
        R8 = Any(),
        R9 = Any(),
        R10 = Any(),
        R11 = Any(),
        R12 = Any(),
        R13 = Any(),
        R14 = Any(),
        R15 = Any(),
    };

    private ulong Any() => (ulong)_random.NextInt64() ^ ((ulong)_random.NextInt64() << 1);

    private ulong Pick(ReadOnlySpan<ulong> values) => values[_random.Next(values.Length)];

    private ulong OneOf(params ReadOnlySpan<Func<ulong>> values) => values[_random.Next(values.Length)]();

    private ulong Rarely(ulong rare, ulong common) => _random.Next(8) == 0 ? rare : common;

    private ulong Edge() => Rarely(Any(), Pick(Edges));

    private ulong Small() => Rarely(Edge(), (ulong)_random.Next(5));

    private ulong Field() => OneOf(() => Pick(Fields), () => Pick(Fields) + (ulong)_random.Next(8), () => Pick(Fields) ^ (1UL << _random.Next(64)), () => Any());

    private ulong Msr()
    {
        ulong index = OneOf(() => Pick(Msrs), () => (ulong)_random.Next(0x800, 0x900), () => (ulong)_random.Next(0x2000), () => Any());
        return (uint)index == InterruptCommand ? index + 1 : index;
    }

    private ulong PageOf(ulong area, ulong size = AreaSize) => area + ((ulong)_random.Next((int)(size / 0x1000)) * 0x1000);

    // An address that a leaf of the module may read and write, or that is none.
    private ulong Operand() => OneOf(() => PageOf(Private), () => PageOf(Private) + (ulong)_random.Next(0x1000), () => PageOf(Private) + (64UL * (ulong)_random.Next(64)), () => Wild());

    private ulong Wild() => OneOf(() => PastMemory, () => Any() | (1UL << 63), () => Shared(PastMemory), () => PageOf(Private) | (1UL << _random.Next(52, 64)));

    private ulong MayBeShared(ulong gpa) => _random.Next(2) == 0 ? gpa : Shared(gpa);

    private static ulong Shared(ulong gpa) => gpa | TestHost.SharedBit;
}
