using System.Diagnostics;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;

namespace Vmm.Host.Doctor;

/// <summary>
/// Measures how fast guest kernel code runs. Some nested hosts interpret it, a thousand times slower than a processor: Linux then takes
/// minutes to boot, and the user should hear that from us.
/// </summary>
internal static class GuestSpeed
{
    // dec ecx; jnz -3; hlt
    private static readonly byte[] Program = [0x49, 0x75, 0xFD, 0xF4];
    private const int InstructionsPerRound = 2;

    // A first try that takes a tenth of a second where code is interpreted; a longer one where that is too short to measure.
    private const uint ShortRun = 20_000;
    private const uint LongRun = 20_000_000;
    private static readonly TimeSpan Measurable = TimeSpan.FromMilliseconds(10);

    // Interpreters manage about a million, emulated machines a hundred millions, processors billions.
    private const double InterpretedBelow = 20e6;
    private const double EmulatedBelow = 500e6;
    private const double Million = 1e6;

    private const uint ProtectedMode = 1;
    private const uint TssAddress = 0xFFFB_D000;
    private const ulong IdentityMapAddress = 0xFFFB_C000;
    private const byte CodeType = 11;
    private const byte DataType = 3;

    public static HostCheck Examine(KvmSystem kvm)
    {
        double rate = Measure(kvm);
        string finding = $"{rate / Million:0.#} million instructions a second";
        return rate switch
        {
            < InterpretedBelow => new HostCheck(
                "guest speed",
                CheckStatus.Warn,
                $"{finding}: this KVM interprets guest kernel code",
                "small TDs run, a Linux kernel takes minutes; use a host with hardware virtualisation, or the lane (tests/lane), for those"),
            < EmulatedBelow => new HostCheck(
                "guest speed", CheckStatus.Warn, $"{finding}: this host itself is emulated", "all works, some ten times slower than on hardware"),
            _ => new HostCheck("guest speed", CheckStatus.Ok, $"{finding}: hardware virtualisation"),
        };
    }

    private static double Measure(KvmSystem kvm)
    {
        using GuestMemory memory = GuestMemory.CreateOrdinary(new MemoryRange(0, GuestMemory.PageSize));
        memory.Write(0, Program);
        using KvmVm vm = kvm.CreateVm();
        vm.SetTssAddress(TssAddress);
        vm.SetIdentityMapAddress(IdentityMapAddress);
        vm.SetMemory(0, 0, memory.Size, memory.Regions[0].PrivateView);
        using KvmVcpu vcpu = vm.CreateVcpu(0);
        EnterFlatMode(vcpu);

        TimeSpan taken = Run(vcpu, ShortRun);
        uint rounds = ShortRun;
        if (taken < Measurable)
        {
            rounds = LongRun;
            taken = Run(vcpu, rounds);
        }

        return rounds * InstructionsPerRound / taken.TotalSeconds;
    }

    /// <summary>32-bit code without paging: needs no tables, and is kernel code to every KVM.</summary>
    private static void EnterFlatMode(KvmVcpu vcpu)
    {
        vcpu.GetSregs(out KvmSregs sregs);
        KvmSegment flat = new() { Limit = uint.MaxValue, Present = 1, Db = 1, S = 1, G = 1 };
        sregs.Cs = flat with { Selector = 8, Type = CodeType };
        sregs.Ds = sregs.Es = sregs.Fs = sregs.Gs = sregs.Ss = flat with { Selector = 16, Type = DataType };
        sregs.Cr0 |= ProtectedMode;
        vcpu.SetSregs(ref sregs);
    }

    private static TimeSpan Run(KvmVcpu vcpu, uint rounds)
    {
        const ulong ReservedFlag = 2;
        KvmRegs registers = new() { Rcx = rounds, Rflags = ReservedFlag };
        vcpu.SetRegs(ref registers);
        long start = Stopwatch.GetTimestamp();
        int result = vcpu.Run();
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        return result == 0 && vcpu.Area.ExitReason == KvmExitReason.Hlt
            ? taken
            : throw new InvalidOperationException($"the guest that measures speed ended with {vcpu.Area.ExitReason} ({result})");
    }
}
