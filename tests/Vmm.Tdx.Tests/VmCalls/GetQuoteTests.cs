using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tests.VmCalls;


public sealed class GetQuoteTests : IDisposable
{
    private const ulong Buffer = TestTd.SharedRam;
    private const ulong Size = 8192;
    private const int HeaderSize = 24;

    private readonly FakeQuotes _quotes = new();
    private readonly TestTd _td;

    public GetQuoteTests() => _td = new TestTd(services => services.AddSingleton<IQuoteProvider>(_quotes));

    private ref QuoteBufferHeader Header => ref MemoryMarshal.AsRef<QuoteBufferHeader>(_td.Ram(Buffer, HeaderSize));

    public void Dispose() => _td.Dispose();

    [Fact]
    public void GetQuote_NoService_SaysSoInBuffer()
    {
        using TestTd td = new();
        MemoryMarshal.Write(td.Ram(Buffer, HeaderSize), new QuoteBufferHeader { Version = 1, InputLength = 1024, OutputLength = 99 });

        Assert.Equal(VmCallStatus.Success, td.Call(VmCallLeaf.GetQuote, TestTd.Shared(Buffer), Size).Status);

        QuoteBufferHeader header = MemoryMarshal.Read<QuoteBufferHeader>(td.Ram(Buffer, HeaderSize));
        Assert.Equal((0x8000000000000001UL, 0U), ((ulong)header.Status, header.OutputLength));
    }

    [Fact]
    public void GetQuote_Taken_IsInFlightUntilQuoteIsThere()
    {
        _td.Call(VmCallLeaf.SetupEventNotifyInterrupt, 0x55);
        Write(input: 1024);
        _td.Ram(Buffer + HeaderSize, 1024).Fill(0x81);

        Assert.Equal(VmCallStatus.Success, Call().Status);
        Assert.Equal(QuoteStatus.InFlight, Header.Status);
        Assert.Equal(1024, _quotes.Input.Length);
        Assert.Equal(0, _td.Interrupts.Count);

        _quotes.Pending[0].SetResult(new byte[] { 1, 2, 3 });
        WaitFor(() => _td.Interrupts.Count == 1);

        Assert.Equal((QuoteStatus.Success, 3U), (Header.Status, Header.OutputLength));
        Assert.Equal([1, 2, 3, 0x81], _td.Ram(Buffer + HeaderSize, 4).ToArray());
        Assert.Equal((0xFEE0_0000UL, 0x55U), _td.Interrupts.Last);
    }

    [Fact]
    public void GetQuote_ProviderFails_IsErrorWithoutOutput()
    {
        Write(input: 1024);
        Call();
        _quotes.Pending[0].SetException(new InvalidOperationException("no"));
        WaitFor(() => Header.Status != QuoteStatus.InFlight);

        Assert.Equal((QuoteStatus.Error, 0U), (Header.Status, Header.OutputLength));
    }

    [Fact]
    public void GetQuote_QuoteLargerThanBuffer_IsErrorWithoutOutput()
    {
        Write(input: 1024);
        Call();
        _quotes.Pending[0].SetResult(new byte[Size]);
        WaitFor(() => Header.Status != QuoteStatus.InFlight);

        Assert.Equal((QuoteStatus.Error, 0U), (Header.Status, Header.OutputLength));
    }

    [Fact]
    public void GetQuote_BufferMadePrivateMeanwhile_IsNotTouched()
    {
        Write(input: 1024);
        Call();
        _td.Memory.SetAccess(Buffer, Size, PageAccess.Private, discard: true);
        _quotes.Pending[0].SetResult(new byte[] { 1, 2, 3 });
        WaitFor(() => _td.Get<QuoteRequests>().InFlight == 0);

        Assert.Equal(new byte[Size], _td.Ram(Buffer, (int)Size).ToArray());
    }

    [Fact]
    public void GetQuote_MoreThan16InFlight_IsRetry()
    {
        for (int i = 0; i < 16; i++)
        {
            Write(input: 0);
            Assert.Equal(VmCallStatus.Success, Call().Status);
        }

        Write(input: 0);
        Assert.Equal(VmCallStatus.Retry, Call().Status);

        _quotes.Pending[3].SetResult(default);
        WaitFor(() => _td.Get<QuoteRequests>().InFlight == 15);
        Assert.Equal(VmCallStatus.Success, Call().Status);
    }

    [Fact]
    public void GetQuote_MachineEnds_LeavesMemoryAlone()
    {
        Write(input: 1024);
        Call();
        _td.Get<QuoteRequests>().Dispose();
        _quotes.Pending[0].SetResult(new byte[] { 1 });
        WaitFor(() => _td.Get<QuoteRequests>().InFlight == 0);

        Assert.Equal(QuoteStatus.InFlight, Header.Status);
    }

    [Theory]
    [InlineData(Buffer, Size, VmCallStatus.InvalidOperand)] // private GPA
    [InlineData(0x8000_0000_0000 | Buffer, 0, VmCallStatus.InvalidOperand)]
    [InlineData(0x8000_0000_0000 | (Buffer + 64), Size, VmCallStatus.AlignError)]
    [InlineData(0x8000_0000_0000 | Buffer, Size + 8, VmCallStatus.AlignError)]
    [InlineData(0x8000_0000_0000 | Buffer, (128 << 10) + 4096, VmCallStatus.InvalidOperand)]
    [InlineData(0x8000_0000_0000 | TestTd.DeviceGpa, Size, VmCallStatus.InvalidOperand)] // no RAM
    [InlineData(0x8000_0000_0000, Size, VmCallStatus.InvalidOperand)] // private page
    [InlineData(0x8000_0000_0000 | (TestTd.RamSize - 4096), Size, VmCallStatus.InvalidOperand)] // end of RAM
    [InlineData(0xF000_8000_0000_0000 | Buffer, Size, VmCallStatus.InvalidOperand)]
    public void GetQuote_BadOperand_IsRefused(ulong gpa, ulong size, VmCallStatus expected)
    {
        Write(input: 1024);

        Assert.Equal(expected, _td.Call(VmCallLeaf.GetQuote, gpa, size).Status);
        Assert.Empty(_quotes.Pending);
    }

    [Theory]
    [InlineData(0, 1024)]
    [InlineData(2, 1024)]
    [InlineData(1, 8192 - 24 + 1)]
    [InlineData(1, uint.MaxValue)]
    public void GetQuote_BadHeader_IsInvalidOperand(ulong version, uint input)
    {
        Write(input, version);

        Assert.Equal(VmCallStatus.InvalidOperand, Call().Status);
    }

    private static void WaitFor(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10)));

    private VmCallRegisters Call() => _td.Call(VmCallLeaf.GetQuote, TestTd.Shared(Buffer), Size);

    private void Write(uint input, ulong version = 1) => Header = new QuoteBufferHeader { Version = version, InputLength = input, OutputLength = 99 };
}
