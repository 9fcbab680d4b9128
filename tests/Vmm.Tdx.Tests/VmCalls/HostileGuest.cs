using Vmm.Tdx.Abi;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tests.VmCalls;

/// <summary>Makes register values that a guest with bad intentions would: borders of everything, now and then plain noise.</summary>
internal static class HostileGuest
{
    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 4, 8, 16, 24, 31, 32, 0x55, 255, 256, 0x1B, 0x8B, 0x3F8, 0x830, 0x1000, 0x1800, 0x2000, 8192, 128 << 10, 1UL << 63, ulong.MaxValue,
        0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_F000, 0x8000_0000_0000, 0xFFFF_FFFF_F000, 0x1_0000_0000_0000,
        TestTd.DeviceGpa, TestTd.Shared(TestTd.DeviceGpa), TestTd.SharedRam, TestTd.Shared(TestTd.SharedRam), TestTd.Shared(TestTd.SharedRam + 4096),
        TestTd.Shared(TestTd.RamSize - 4096), TestTd.Shared(TestTd.RamSize - 1), TestTd.Shared(0), 0x4000_0000, 0x8000_0000, 0xC000_0080, 0xFFFF_FFFF_FFFF_F000,
    ];

    public static VmCallRegisters Registers(Random random) => new()
    {
        R12 = Value(random),
        R13 = Value(random),
        R14 = Value(random),
        R15 = Value(random),
        Rbx = Value(random),
        Rdi = Value(random),
        Rsi = Value(random),
        Rdx = Value(random),
        R8 = Value(random),
        R9 = Value(random),
    };

    private static ulong Value(Random random) => random.Next(8) switch
    {
        0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        1 => Interesting[random.Next(Interesting.Length)] + (ulong)random.Next(-9, 10),
        _ => Interesting[random.Next(Interesting.Length)],
    };
}
