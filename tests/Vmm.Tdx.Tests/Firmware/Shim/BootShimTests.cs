using System.Security.Cryptography;
using System.Text;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Testing;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Firmware.Shim;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Tdx.Tests.Firmware.Shim;

/// <summary>The shim as it runs, from the reset vector of a TD on.</summary>
[BeginsUnpaged]
public sealed class BootShimTests
{
    private const ulong LargePage = 2 << 20;
    private const ulong LevelMask = 7;

    private static readonly CcEvent[] Events =
    [
        new(MeasurementRegister.Rtmr0, TcgEventType.PlatformConfigFlags, SHA384.HashData("a"u8), []),
        CcEvent.Separator(MeasurementRegister.Rtmr1),
        new(MeasurementRegister.Rtmr2, TcgEventType.Ipl, SHA384.HashData("b"u8), []),
    ];

    [KvmFact]
    public void BootProcessor_AcceptsAllRamThatWasNotAdded_AndEntersTheKernel()
    {
        using ShimMachine machine = Machine();
        List<MemoryRange> accepted = [];
        KvmVcpu vcpu = machine.Start(0);

        int? port = machine.Run(vcpu, call =>
        {
            if ((TdCallLeaf)call.Rax == TdCallLeaf.MemPageAccept)
            {
                accepted.Add(Operand(call.Rcx));
            }

            return TdxStatus.Success;
        });

        Assert.Equal(ShimMachine.KernelPort, port);
        Assert.Equal(Normalise(machine.Ram), Normalise(accepted.Concat(machine.Image.Sections.Select(section => section.Range).Where(range => range != BootShim.Range))));
        Assert.Contains(accepted, range => range.Size == LargePage);
        vcpu.GetSregs(out KvmSregs sregs);
        Assert.Equal((machine.Expected.Cr0, machine.Expected.Cr3, machine.Expected.Cr4), (sregs.Cr0, sregs.Cr3, sregs.Cr4));
        Assert.Equal((1, (ushort)0x10, (ushort)0x18, (ushort)0x18), (sregs.Cs.L, sregs.Cs.Selector, sregs.Ss.Selector, sregs.Gs.Selector));
        Assert.Equal((machine.Expected.Rsi, machine.Expected.Rsp), (vcpu.Registers.Rsi, vcpu.Registers.Rsp));
        Assert.Equal((0ul, 0ul, 0ul, 0ul), (vcpu.Registers.Rbx, vcpu.Registers.Rdi, vcpu.Registers.R12, vcpu.Registers.R15));
    }

    [KvmFact]
    public void BootProcessor_LargePageIsMadeOfSmallOnes_AcceptsThose()
    {
        using ShimMachine machine = Machine();
        HashSet<ulong> accepted = [];
        int mismatches = 0;

        machine.Run(machine.Start(0), call =>
        {
            if ((TdCallLeaf)call.Rax != TdCallLeaf.MemPageAccept)
            {
                return TdxStatus.Success;
            }

            if ((call.Rcx & LevelMask) != 0)
            {
                mismatches++;
                return TdxStatus.PageSizeMismatch;
            }

            Assert.True(accepted.Add(call.Rcx));
            return TdxStatus.Success;
        });

        Assert.True(mismatches > 0);
        ulong added = (ulong)machine.Image.Sections.Where(section => section.Range != BootShim.Range).Sum(section => (long)section.Range.Size);
        Assert.Equal(machine.Ram[0].Size - added, (ulong)accepted.Count * GuestMemory.PageSize);
    }

    [KvmFact]
    public void BootProcessor_ExtendsWhatTheLogSays_FromAlignedBuffers()
    {
        using ShimMachine machine = Machine();
        List<(ulong Register, string Digest)> extended = [];

        machine.Run(machine.Start(0), call =>
        {
            if ((TdCallLeaf)call.Rax == TdCallLeaf.MrRtmrExtend)
            {
                Assert.Equal(0ul, call.Rcx % 64);
                extended.Add((call.Rdx, Convert.ToHexStringLower(machine.Memory.GetSpan(call.Rcx, 48))));
            }

            return TdxStatus.Success;
        });

        Assert.Equal(Events.Select(one => ((ulong)(one.Register - MeasurementRegister.Rtmr0), Convert.ToHexStringLower(one.Digest))), extended);
    }

    [KvmFact]
    public void BootProcessor_ModuleIsBusy_TriesAgain()
    {
        using ShimMachine machine = Machine();
        Dictionary<(ulong, ulong), int> calls = [];

        int? port = machine.Run(machine.Start(0), call =>
        {
            int before = calls.GetValueOrDefault((call.Rax, call.Rcx));
            calls[(call.Rax, call.Rcx)] = before + 1;
            return before == 0 ? TdxStatus.OperandBusy.With(OperandId.RCX) : TdxStatus.Success;
        });

        Assert.Equal(ShimMachine.KernelPort, port);
        Assert.All(calls.Values, count => Assert.Equal(2, count));
    }

    [KvmTheory]
    [InlineData(TdCallLeaf.MemPageAccept)]
    [InlineData(TdCallLeaf.MrRtmrExtend)]
    public void BootProcessor_ModuleRefuses_ReportsAFatalError(TdCallLeaf refused)
    {
        using ShimMachine machine = Machine();
        KvmRegs report = default;

        machine.Run(machine.Start(0), call =>
        {
            if ((TdCallLeaf)call.Rax == TdCallLeaf.VpVmCall)
            {
                report = call;
                return null;
            }

            return (TdCallLeaf)call.Rax == refused ? TdxStatus.OperandInvalid.With(OperandId.RCX) : TdxStatus.Success;
        });

        Assert.True(new GprMask(report.Rcx).IsValid);
        Assert.Equal((0ul, (ulong)VmCallLeaf.ReportFatalError, (ulong)TdxStatusCode.OPERAND_INVALID, 0ul), (report.R10, report.R11, report.R12, report.R13));
        VmCallRegisters call = new() { R14 = report.R14, R15 = report.R15, Rbx = report.Rbx };
        Assert.Equal("boot shim: TDCALL failed", FatalErrorText.FromRegisters(in call));
    }

    [KvmFact]
    public void ApplicationProcessor_Called_AnswersAndJumpsToTheVector()
    {
        const ulong Vector = 0x8000;
        const int Port = 0x81;
        using ShimMachine machine = Machine(processors: 3);
        machine.Memory.Write(Vector, GuestCode.LongMode(Vector, c => c.@out(Port, al)));
        Span<byte> mailbox = machine.Memory.GetSpan(machine.Mailbox, 16);
        BitConverter.TryWriteBytes(mailbox[8..], Vector);
        BitConverter.TryWriteBytes(mailbox[4..], 2u);
        BitConverter.TryWriteBytes(mailbox, (ushort)1);
        KvmVcpu vcpu = machine.Start(2);

        Assert.Equal(Port, machine.Run(vcpu, _ => throw new InvalidOperationException("an application processor has nothing to call")));

        Assert.Equal(0, BitConverter.ToUInt16(mailbox));
        vcpu.GetSregs(out KvmSregs sregs);
        Assert.Equal(1, sregs.Cs.L);
    }

    [Fact]
    public void Image_AllOfIt_IsMeasuredAndApart()
    {
        MemoryRange[] ranges = [.. Sections().Select(section => section.Range).OrderBy(range => range.Gpa)];

        Assert.All(Sections(), section => Assert.True(section.IsMeasured));
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Gpa));
        Assert.Contains(ranges, range => range.Contains(0xFFFF_FFF0, 16));
    }

    [Fact]
    public void Shim_EveryTdCall_IsWhereItIsLookedFor()
    {
        byte[] page = ShimCode.Page;

        Assert.Equal(4, Enumerable.Range(0, page.Length - 3).Count(at => page.AsSpan(at, 4).SequenceEqual(TdCallInstruction.Opcode)));
        Assert.Equal(0xE9, page[^16]);
    }

    private static IReadOnlyList<Vmm.Tdx.Hardware.Launch.TdxSection> Sections()
    {
        using Attestation.Measurement.TestBoot boot = new([(ShimMachine.KernelStart, 0x2000)], initrdSize: 100, firmware: BootShim.Range);
        return DirectBoot.Complete(boot.Memory, boot.Kernel, Events).Sections;
    }

    private static ShimMachine Machine(int processors = 1)
    {
        ShimMachine machine = new(Events, processors);
        machine.Memory.Write(ShimMachine.KernelStart, GuestCode.LongMode(ShimMachine.KernelStart, c => c.@out(ShimMachine.KernelPort, al)));
        return machine;
    }

    private static MemoryRange Operand(ulong rcx) => (rcx & LevelMask) switch
    {
        0 => new(rcx, GuestMemory.PageSize),
        1 when (rcx & ~LevelMask) % LargePage == 0 => new(rcx & ~LevelMask, LargePage),
        _ => throw new InvalidOperationException($"MEM.PAGE.ACCEPT of 0x{rcx:x}"),
    };

    /// <summary>Ranges put together where they touch; one that overlaps another is an error.</summary>
    private static List<MemoryRange> Normalise(IEnumerable<MemoryRange> ranges)
    {
        List<MemoryRange> result = [];
        foreach (MemoryRange range in ranges.OrderBy(range => range.Gpa))
        {
            if (result.Count > 0 && result[^1].End == range.Gpa)
            {
                result[^1] = result[^1] with { Size = result[^1].Size + range.Size };
            }
            else
            {
                Assert.True(result.Count == 0 || result[^1].End < range.Gpa, $"{range} is there twice");
                result.Add(range);
            }
        }

        return result;
    }
}
