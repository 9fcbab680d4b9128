using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.VmCalls;

/// <summary>TDVMCALL #VE.RequestMMIO (48).</summary>
public abstract class MmioTests<TBackend>
    where TBackend : ITdBackend, new()
{
    private const ulong IoApicSelect = 0xFEC0_0000;
    private const ulong IoApicWindow = 0xFEC0_0010;
    private const ulong VersionRegister = 1;
    private const ulong FirstPinLow = 0x10;
    private const ulong VersionOf24Pins = 0x0017_0020;
    private protected const ulong Read = 0;
    private const ulong Write = 1;

    private protected static Registers Mmio(ulong size, ulong direction, ulong gpa, ulong data = 0) =>
        VmCall(48) with { R12 = size, R13 = direction, R14 = gpa, R15 = data };

    private protected static Registers Shared(ulong size, ulong direction, ulong address, ulong data = 0) =>
        Mmio(size, direction, address | TestHost.SharedBit, data);

    private protected static Func<Registers, Registers> Gives(ulong r11) => r => r with { Rax = 0, R10 = 0, R11 = r11 };

    [KvmFact]
    public void Mmio_IoApic_VersionAndRedirectionEntry()
    {
        const ulong MaskedVector48 = 0x1_0030;
        new CallTable
        {
            { Shared(4, Write, IoApicSelect, VersionRegister), Answers(0) },
            { Shared(4, Read, IoApicSelect), Gives(VersionRegister) },
            { Shared(4, Read, IoApicWindow), Gives(VersionOf24Pins) },
            { Shared(1, Write, IoApicSelect, FirstPinLow), Answers(0) },
            { Shared(4, Write, IoApicWindow, MaskedVector48), Answers(0) },
            { Shared(4, Read, IoApicWindow), Gives(MaskedVector48) },
        }.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public void Mmio_AllSizes_ReachTheDevice()
    {
        const ulong Data = 0x0123_4567_89AB_CDEF;
        CallTable table = [];
        List<RecordedAccess> expected = [];
        foreach (int size in new[] { 1, 2, 4, 8 })
        {
            ulong address = Recorder.Mmio + (ulong)size;
            ulong mask = size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;
            table.Add(Shared((ulong)size, Read, address), Gives(Recorder.Answer(address, size)));
            table.Add(Shared((ulong)size, Write, address, Data), Answers(0));
            expected.Add(new RecordedAccess(address, size, IsWrite: false, Recorder.Answer(address, size)));
            expected.Add(new RecordedAccess(address, size, IsWrite: true, Data & mask));
        }

        using TdRun run = table.Check(new TBackend());
        Assert.Equal(expected, run.Recorder.Accesses);
    }

    [KvmFact]
    public void Mmio_BadOperand_IsInvalidOperandAndReachesNothing()
    {
        CallTable table = [];
        foreach (ulong size in new ulong[] { 0, 3, 5, 6, 7, 9, 16, ulong.MaxValue })
        {
            table.Add(Shared(size, Read, Recorder.Mmio), Answers(InvalidOperand));
        }

        table.Add(Shared(4, 2, Recorder.Mmio), Answers(InvalidOperand));
        table.Add(Mmio(4, Read, Recorder.Mmio), Answers(InvalidOperand)); // private address
        table.Add(Mmio(4, Write, Recorder.Mmio), Answers(InvalidOperand));
        table.Add(Mmio(8, Read, TestHost.SharedBit - 4), Answers(InvalidOperand)); // only the last bytes are shared
        table.Add(Mmio(8, Read, (TestHost.SharedBit << 1) - 4), Answers(InvalidOperand)); // only the first bytes are shared
        using TdRun run = table.Check(new TBackend());
        Assert.Empty(run.Recorder.Accesses);
    }

    [KvmFact]
    public virtual void Mmio_OperandsWiderThanTheirMeaning_AreInvalidOperand()
    {
        using TdRun run = new CallTable
        {
            { Shared((1UL << 32) | 4, Read, Recorder.Mmio), Answers(InvalidOperand) },
            { Shared(4, 1UL << 32, Recorder.Mmio), Answers(InvalidOperand) },
        }.Check(new TBackend());
        Assert.Empty(run.Recorder.Accesses);
    }

    [KvmFact]
    public void Mmio_NobodysAddress_ReadsAllOnes()
    {
        new CallTable
        {
            { Shared(1, Read, 0xF000_0000), Gives(0xFF) },
            { Shared(8, Read, 0xF000_0000), Gives(ulong.MaxValue) },
            { Shared(8, Write, 0xF000_0000), Answers(0) },
            { Shared(4, Read, TestProgram.Scratch), Gives(0xFFFF_FFFF) }, // RAM is no device
        }.Check(new TBackend()).Dispose();
    }
}
