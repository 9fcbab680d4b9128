using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Machine;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.TdxModel.Hardware;
using static Vmm.Tdx.Tests.Hardware.HardwareTd;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>TDVMCALLs through KVM's exits: what the guest passes, and what it gets back.</summary>
public sealed class VmCallExitsTests
{
    private const ulong InvalidOperand = 0x8000_0000_0000_0000;
    private const ulong AlignError = 0x8000_0000_0000_0002;
    private const ulong SubfuncUnsupported = 0x8000_0000_0000_0003;
    private const ulong Read = 0;
    private const ulong Write = 1;
    private const ulong Page = 0x10_0000;

    [Fact]
    public void Io_In_GivesTheDevicesBytes()
    {
        using HardwareTd td = new();
        VpEnterArgs call = VmCall(30, 2, Read, TestTd.DevicePort);
        Assert.Equal([call with { R11 = 0x1110 }, VmCall(30, 4, Read, 0x4321) with { R11 = 0xFFFF_FFFF }], td.Answers(call, VmCall(30, 4, Read, 0x4321)));
    }

    [Fact]
    public void Io_Out_ReachesTheDeviceInItsSize()
    {
        using HardwareTd td = new();
        VpEnterArgs call = VmCall(30, 2, Write, TestTd.DevicePort + 4, 0x1122_3344_5566_7788);
        Assert.Equal([call], td.Answers(call));
        Assert.Equal(4UL, td.Device.WrittenOffset);
        Assert.Equal([0x88, 0x77], td.Device.Written);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Mmio_EverySize_ReadsAndWritesTheDevice(int size)
    {
        using HardwareTd td = new();
        VpEnterArgs read = VmCall(48, (ulong)size, Read, Shared(TestTd.DeviceGpa));
        VpEnterArgs write = VmCall(48, (ulong)size, Write, Shared(TestTd.DeviceGpa + 8), 0x8877_6655_4433_2211);
        ulong expected = 0x1716_1514_1312_1110 & (size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1);
        Assert.Equal([read with { R11 = expected }, write], td.Answers(read, write));
        Assert.Equal(8UL, td.Device.WrittenOffset);
        Assert.Equal(new byte[] { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 }[..size], td.Device.Written);
    }

    [Fact]
    public void Msr_AllowedConstantAndUnknown_MeetThePolicy()
    {
        using HardwareTd td = new();
        td.Script.SetMsr(0x277, 0x0007_0406_0007_0406);
        td.Script.SetMsr(0x3A, 0xBAD); // KVM's own answer, which the policy does not want
        VpEnterArgs allowed = VmCall(31, 0x277);
        VpEnterArgs constant = VmCall(31, 0x3A);
        VpEnterArgs unknown = VmCall(31, 0x10);
        VpEnterArgs written = VmCall(32, 0x277, 5);
        VpEnterArgs denied = VmCall(32, 0xC000_0080, 0xD01);
        Assert.Equal(
            [
                allowed with { R11 = 0x0007_0406_0007_0406 },
                constant with { R11 = 1 },
                unknown with { R10 = InvalidOperand },
                written,
                denied with { R10 = InvalidOperand },
            ],
            td.Answers(allowed, constant, unknown, written, denied));
    }

    [Fact]
    public void MapGpa_ToSharedAndBack_MovesThePagesBetweenTheSides()
    {
        using HardwareTd td = new();
        VpEnterArgs shared = VmCall(0x10001, Shared(Page), 0x3000);
        VpEnterArgs back = VmCall(0x10001, Page, 0x1000);
        Assert.Equal([shared, back], td.Answers(shared, back));
        Assert.Equal([(Page, 0x3000UL, false), (Page, 0x1000UL, true)], td.Script.Conversions);
        Assert.Equal(4, td.Get<Vmm.Tdx.Hardware.Memory.TdxMemory>().ConvertedPages);
        Assert.False(td.Get<Vmm.Core.Memory.IDeviceMemory>().TryGetSpan(Page, 0x1000, out _));
        Assert.True(td.Get<Vmm.Core.Memory.IDeviceMemory>().TryGetSpan(Page + 0x1000, 0x2000, out _));
    }

    [Fact]
    public void MapGpa_LargerThanAChunk_IsOneExitAChunk()
    {
        const ulong Chunk = 2 << 20;
        using HardwareTd td = new();
        VpEnterArgs call = VmCall(0x10001, Shared(Page), (2 * Chunk) + 0x1000);
        Assert.Equal([call], td.Answers(call));
        Assert.Equal([(Page, Chunk, false), (Page + Chunk, Chunk, false), (Page + (2 * Chunk), 0x1000UL, false)], td.Script.Conversions);
    }

    [Fact]
    public void MapGpa_WithAnInterruptWaiting_IsRetriedAtTheNextChunk()
    {
        const ulong Chunk = 2 << 20;
        using HardwareTd td = new();
        td.Script.SetEvent(0, waits: true);
        VpEnterArgs call = VmCall(0x10001, Shared(Page), Chunk + 0x1000);
        Assert.Equal([call with { R10 = 1, R11 = Shared(Page) + Chunk }], td.Answers(call));
    }

    [Fact]
    public void MapGpa_BadOperandsAndPartlyRam_AreRefused()
    {
        using HardwareTd td = new();
        VpEnterArgs beyond = VmCall(0x10001, Shared(RamSize - 0x1000), 0x2000);
        VpEnterArgs devices = VmCall(0x10001, Shared(TestTd.DeviceGpa), 0x1000);
        VpEnterArgs odd = VmCall(0x10001, Shared(Page + 1), 0x1000);
        Assert.Equal(
            [beyond with { R10 = InvalidOperand, R11 = Shared(RamSize - 0x1000) }, devices, odd with { R10 = AlignError, R11 = Shared(Page + 1) }],
            td.Answers(beyond, devices, odd));
        Assert.Empty(td.Script.Conversions);
    }

    [Theory]
    [InlineData("KVM_SET_MEMORY_ATTRIBUTES", 4)]
    [InlineData("KVM_SET_MEMORY_ATTRIBUTES", 12)]
    [InlineData("KVM_SET_MEMORY_ATTRIBUTES", 22)]
    [InlineData("fallocate", 4)]
    [InlineData("fallocate", 28)]
    public void MapGpa_HostRefuses_IsInvalidOperandAndTheTdGoesOn(string call, int errno)
    {
        using HardwareTd td = new();
        td.Build();
        int refusals = 1;
        td.Kernel.Inject = (_, name) => name == call && refusals-- > 0 ? -errno : 0;
        VpEnterArgs convert = VmCall(0x10001, Shared(Page), 0x1000);
        Assert.Equal([convert with { R10 = InvalidOperand, R11 = Shared(Page) }, convert], td.Answers(convert, convert));
    }

    [Fact]
    public void MapGpaRange_Hypercall_ConvertsInOneGo()
    {
        const ulong Pages = 0x400; // more than MapGPA has in one piece
        using HardwareTd td = new();
        VpEnterArgs shared = new() { R10 = 12, R11 = Page, R12 = Pages };
        VpEnterArgs encrypted = new() { R10 = 12, R11 = Page, R12 = 1, R13 = 1 << 4 };
        VpEnterArgs beyond = new() { R10 = 12, R11 = Page, R12 = 1 << 20 };
        Assert.Equal(
            [shared with { R10 = 0 }, encrypted with { R10 = 0 }, beyond with { R10 = unchecked((ulong)-22) }],
            td.Answers(shared, encrypted, beyond));
        Assert.Equal([(Page, Pages * 0x1000, false), (Page, 0x1000UL, true)], td.Script.Conversions);
    }

    [Fact]
    public void GetTdVmCallInfo_LeafOne_IsTheHandlersAnswer()
    {
        using HardwareTd td = new();
        VpEnterArgs call = VmCall(0x10000, 1);
        Assert.Equal([call with { R11 = 2, R12 = 0, R13 = 0, R14 = 0 }], td.Answers(call));
    }

    [Fact]
    public void GetQuote_Buffer_IsTheGuestsWithTheSharedBit()
    {
        using HardwareTd td = new();
        VpEnterArgs unaligned = VmCall(0x10002, Shared(Page + 8), 0x1000);
        VpEnterArgs isPrivate = VmCall(0x10002, Page, 0x1000);
        VpEnterArgs notShared = VmCall(0x10002, Shared(Page), 0x1000); // the bit is set, the page is private
        Assert.Equal(
            [unaligned with { R10 = AlignError }, isPrivate with { R10 = InvalidOperand }, notShared with { R10 = InvalidOperand }],
            td.Answers(unaligned, isPrivate, notShared));
    }

    [Fact]
    public void SetupEventNotifyInterrupt_Vector_IsRemembered()
    {
        FakeInterrupts interrupts = new();
        using HardwareTd td = new(services => services.AddSingleton<Vmm.Core.Interrupts.IMsiSink>(interrupts));
        VpEnterArgs call = VmCall(0x10004, 0x41);
        Assert.Equal([call, VmCall(0x10004, 31) with { R10 = InvalidOperand }], td.Answers(call, VmCall(0x10004, 31)));
        td.Get<EventNotifier>().Signal();
        Assert.Equal(0x41U, interrupts.Last.Data & 0xFF);
    }

    [Fact]
    public void ReportFatalError_Registers_AreTheGuests()
    {
        using HardwareTd td = new();
        static ulong Letters(string eight) => BitConverter.ToUInt64([.. eight.Select(letter => (byte)letter)]);
        VpEnterArgs call = VmCall(0x10003, 0x7) with
        {
            R14 = Letters("ab......"), R15 = Letters("cd......"), Rbx = Letters("ef......"), Rdi = Letters("gh......"),
            Rsi = Letters("ij......"), R8 = Letters("kl......"), R9 = Letters("mn......"), Rdx = Letters("op......"),
        };
        td.Answers(call);
        Assert.Equal(
            [new FatalError(0, 7, "ab......cd......ef......gh......ij......kl......mn......op......")], td.FatalErrors.Reports);
    }

    [Fact]
    public void Unforwarded_Leaves_AreKvmsAnswer()
    {
        using HardwareTd td = new();
        ulong[] leaves = [15, 18, 54, 65, 0x10005, 0x10006, 0x10007, ulong.MaxValue];
        Assert.All(td.Answers([.. leaves.Select(leaf => VmCall(leaf))]), answer => Assert.Equal(SubfuncUnsupported, answer.R10));
    }

    [Fact]
    public void Hlt_NeverReachesTheHandlers()
    {
        using HardwareTd td = new();
        td.Answers(VmCall(12, 0), VmCall(12, 1));
        Assert.Equal([(0, false), (0, true)], td.Script.Halts);
        Assert.Empty(td.Get<Vmm.Tdx.Hardware.TdxTd>().Vcpus[0].VmCalls.All());
    }

    [Fact]
    public void Calls_OfEachKind_AreCountedAsThoseOfAnEmulatedTd()
    {
        using HardwareTd td = new();
        td.Answers(VmCall(30, 1, Read, TestTd.DevicePort), VmCall(0x10001, Shared(Page), 0x1000), VmCall(0x10004, 0x41));
        Assert.Equal(
            [("Instruction.IO", "SUCCESS", 1L), ("MapGPA", "SUCCESS", 1L), ("SetupEventNotifyInterrupt", "SUCCESS", 1L)],
            td.Get<Vmm.Tdx.Hardware.TdxTd>().Vcpus[0].VmCalls.All().Select(count => (count.Function, count.Status, count.Count)).Order());
    }

    [Fact]
    public void EachCall_IsOneEntry()
    {
        using HardwareTd td = new();
        td.Answers([.. Enumerable.Repeat(VmCall(30, 1, Read, TestTd.DevicePort), 100)]);
        Assert.Equal(101, td.Kernel.Runs); // and one for the end
    }

    [Fact]
    public void Script_AtItsEnd_LeavesNothingBehind()
    {
        HardwareTd td = new(vcpus: 4);
        Assert.Equal(MachineOutcomeKind.Crash, td.Run().Kind);
        Assert.Empty(td.Leaks());
        Assert.True(td.Script.IsDisposed);
    }
}
