using System.Text;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tests.VmCalls;


public sealed class ServiceLeavesTests : IDisposable
{
    private const ulong Command = TestTd.SharedRam;
    private const ulong Response = TestTd.SharedRam + 4096;

    private static readonly Guid Query = new("fb6fc5e1-3378-4acb-8964-fa5ee43b9c8a");
    private static readonly Guid MigTd = new("e60e6330-1e09-4387-a444-8f32b8d611e5");

    private readonly TestTd _td = new();

    public void Dispose() => _td.Dispose();

    [Fact]
    public void GetTdVmCallInfo_Leaf0_IsAllZeros()
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.GetTdVmCallInfo, 0, 1, 2, 3);

        Assert.Equal((0UL, 0UL, 0UL, 0UL, 0UL, 3UL), (result.R10, result.R11, result.R12, result.R13, result.R14, result.R15));
    }

    [Fact]
    public void GetTdVmCallInfo_Leaf1_OffersNotification()
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.GetTdVmCallInfo, 1, 1, 2, 3);

        Assert.Equal((0UL, 2UL, 0UL, 0UL, 0UL), (result.R10, result.R11, result.R12, result.R13, result.R14));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(ulong.MaxValue)]
    public void GetTdVmCallInfo_OtherLeaf_IsInvalidOperand(ulong leaf) =>
        Assert.Equal(VmCallStatus.InvalidOperand, _td.Call(VmCallLeaf.GetTdVmCallInfo, leaf).Status);

    [Theory]
    [InlineData(31, VmCallStatus.InvalidOperand)]
    [InlineData(32, VmCallStatus.Success)]
    [InlineData(255, VmCallStatus.Success)]
    [InlineData(256, VmCallStatus.InvalidOperand)]
    [InlineData(0x1_0000_0020, VmCallStatus.InvalidOperand)]
    public void SetupEventNotifyInterrupt_Vector_Is32To255(ulong vector, VmCallStatus expected) =>
        Assert.Equal(expected, _td.Call(VmCallLeaf.SetupEventNotifyInterrupt, vector).Status);

    [Fact]
    public void EventNotifier_NoVector_StaysSilent()
    {
        _td.Get<EventNotifier>().Signal();

        Assert.Equal(0, _td.Interrupts.Count);
    }

    [Fact]
    public void EventNotifier_ApicIdAbove255_UsesUpperAddress()
    {
        EventNotifier notifier = _td.Get<EventNotifier>();
        notifier.Register(0x123, 0x40);
        notifier.Signal();

        Assert.Equal((0x0000_0100_FEE2_3000UL, 0x40U), _td.Interrupts.Last);
    }

    [Fact]
    public void ReportFatalError_Registers_InTheirOrder()
    {
        byte[] text = Encoding.ASCII.GetBytes("TD misconfiguration: SEPT #VE has to be disabled".PadRight(64, '\0'));
        ulong Word(int i) => BitConverter.ToUInt64(text, i * 8);
        VmCallRegisters registers = new()
        {
            R11 = (ulong)VmCallLeaf.ReportFatalError,
            R14 = Word(0), R15 = Word(1), Rbx = Word(2), Rdi = Word(3), Rsi = Word(4), R8 = Word(5), R9 = Word(6), Rdx = Word(7),
        };

        _td.Dispatcher.Dispatch(_td.Vcpu, ref registers);

        Assert.Equal(new FatalError(0, 0, "TD misconfiguration: SEPT #VE has to be disabled"), Assert.Single(_td.FatalErrors.Reports));
    }

    [Fact]
    public void ReportFatalError_Page_IsReadAndEscaped()
    {
        "a\x1b[2Jb\0c"u8.CopyTo(_td.Ram(Command, 4096));

        _td.Call(VmCallLeaf.ReportFatalError, (1UL << 63) | 0x1_0000, TestTd.Shared(Command));

        FatalError error = Assert.Single(_td.FatalErrors.Reports);
        Assert.Equal((0x1_0000U, true, "a\\x1b[2Jb"), (error.Code, error.IsCodeDefined, error.Message));
    }

    [Theory]
    [InlineData(0x8000_0000_0000)] // a private page, by its shared address
    [InlineData(Command)] // a shared page, by its private address
    [InlineData(0x8000_0000_0000 | TestTd.DeviceGpa)]
    public void ReportFatalError_PageOutOfReach_LeavesTheCode(ulong gpa)
    {
        _td.Call(VmCallLeaf.ReportFatalError, (1UL << 63) | 7, gpa);

        Assert.Equal(new FatalError(0, 7, ""), Assert.Single(_td.FatalErrors.Reports));
    }

    [Fact]
    public void ReportFatalError_ForEver_IsReportedAFewTimes()
    {
        for (int i = 0; i < 1000; i++)
        {
            _td.Call(VmCallLeaf.ReportFatalError);
        }

        Assert.Equal(16, _td.FatalErrors.Reports.Count);
    }

    [Fact]
    public void Service_QueryOfItself_IsThere()
    {
        WriteQuery(Query, Query);

        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.Service, TestTd.Shared(Command), TestTd.Shared(Response)).Status);

        Assert.Equal((Query, 44U, 0U), ReadResponse());
        Assert.Equal((0, Query), (_td.Ram(Response + 26, 1)[0], new Guid(_td.Ram(Response + 28, 16))));
    }

    [Fact]
    public void Service_QueryOfMigTd_IsNotThere()
    {
        WriteQuery(Query, MigTd);

        _td.Call(VmCallLeaf.Service, TestTd.Shared(Command), TestTd.Shared(Response), 0x50);

        Assert.Equal((Query, 44U, 0U), ReadResponse());
        Assert.NotEqual(0, _td.Ram(Response + 26, 1)[0]);
        Assert.Equal((0xFEE0_0000UL, 0x50U), _td.Interrupts.Last);
    }

    [Fact]
    public void Service_UnknownGuid_IsUnsupported()
    {
        WriteQuery(MigTd, Query);

        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.Service, TestTd.Shared(Command), TestTd.Shared(Response)).Status);
        Assert.Equal((MigTd, 24U, 0xFFFFFFFEU), ReadResponse());
    }

    [Theory]
    [InlineData(Command, 0x8000_0000_0000 | Response, 0, VmCallStatus.InvalidOperand)]
    [InlineData(0x8000_0000_0000 | Command, Response, 0, VmCallStatus.InvalidOperand)]
    [InlineData(0x8000_0000_0000 | Command, 0x8000_0000_0000 | Response, 31, VmCallStatus.InvalidOperand)]
    [InlineData(0x8000_0000_0000 | Command, 0x8000_0000_0000 | Response, 256, VmCallStatus.InvalidOperand)]
    [InlineData(0x8000_0000_0000 | (Command + 8), 0x8000_0000_0000 | Response, 0, VmCallStatus.AlignError)]
    [InlineData(0x8000_0000_0000 | Command, 0x8000_0000_0000 | (Response + 8), 0, VmCallStatus.AlignError)]
    [InlineData(0x8000_0000_0000, 0x8000_0000_0000 | Response, 0, VmCallStatus.InvalidOperand)] // private page
    [InlineData(0x8000_0000_0000 | Command, 0x8000_0000_0000 | TestTd.DeviceGpa, 0, VmCallStatus.InvalidOperand)]
    public void Service_BadOperand_IsRefused(ulong command, ulong response, ulong vector, VmCallStatus expected)
    {
        WriteQuery(Query, Query);

        Assert.Equal(expected, _td.Call(VmCallLeaf.Service, command, response, vector).Status);
    }

    [Theory]
    [InlineData(23, 4096)]
    [InlineData(44, 23)]
    public void Service_LengthBelowHeader_IsInvalidOperand(uint command, uint response)
    {
        WriteQuery(Query, Query, command, response);

        Assert.Equal(VmCallStatus.InvalidOperand, _td.Call(VmCallLeaf.Service, TestTd.Shared(Command), TestTd.Shared(Response)).Status);
    }

    private void WriteQuery(Guid service, Guid asked, uint commandLength = 44, uint responseLength = 4096)
    {
        service.TryWriteBytes(_td.Ram(Command, 16));
        BitConverter.TryWriteBytes(_td.Ram(Command + 16, 4), commandLength);
        asked.TryWriteBytes(_td.Ram(Command + 28, 16));
        BitConverter.TryWriteBytes(_td.Ram(Response + 16, 4), responseLength);
    }

    private (Guid Service, uint Length, uint Status) ReadResponse() =>
        (new Guid(_td.Ram(Response, 16)), BitConverter.ToUInt32(_td.Ram(Response + 16, 4)), BitConverter.ToUInt32(_td.Ram(Response + 20, 4)));
}
