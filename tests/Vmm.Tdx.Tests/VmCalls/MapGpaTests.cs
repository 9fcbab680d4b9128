using Microsoft.Extensions.DependencyInjection;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tests.VmCalls;


public sealed class MapGpaTests : IDisposable
{
    private const ulong Chunk = 2 << 20;
    private const ulong Page = 4096;

    private readonly TestTd _td = new();

    public void Dispose() => _td.Dispose();

    [Fact]
    public void MapGpa_ToShared_StripsSharedBitAndKeepsR11()
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.MapGpa, TestTd.Shared(0x10_0000), 2 * Page);

        Assert.Equal((VmCallStatus.Success, (ulong)VmCallLeaf.MapGpa), (result.Status, result.R11));
        Assert.Equal([(0x10_0000UL, 2 * Page, true)], _td.Pages.Conversions);
    }

    [Fact]
    public void MapGpa_ToPrivate_ConvertsToPrivate()
    {
        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.MapGpa, 0x10_0000, Page).Status);
        Assert.Equal([(0x10_0000UL, Page, false)], _td.Pages.Conversions);
    }

    [Fact]
    public void MapGpa_LongRange_IsSplitFromItsStart()
    {
        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.MapGpa, Page, (2 * Chunk) + Page).Status);
        Assert.Equal([(Page, Chunk, false), (Page + Chunk, Chunk, false), (Page + (2 * Chunk), Page, false)], _td.Pages.Conversions);
    }

    [Theory]
    [InlineData(0x10_0000, 0)] // nothing
    [InlineData(0x10_0001, 0)] // operands come before alignment
    [InlineData(0xFFFF_FFFF_FFFF_F000, 0x2000)] // wrap
    [InlineData(0x0001_0000_0000_0000, 0x1000)] // beyond 48 bits
    [InlineData(0x0000_FFFF_FFFF_F000, 0x2000)] // end beyond
    [InlineData(0x0000_7FFF_FFFF_F000, 0x2000)] // private and shared
    [InlineData(0x0000_7FFF_FFFF_F000, 0x1800)]
    public void MapGpa_BadRange_IsInvalidOperandAtStart(ulong gpa, ulong size)
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.MapGpa, gpa, size);

        Assert.Equal((VmCallStatus.InvalidOperand, gpa), (result.Status, result.R11));
        Assert.Empty(_td.Pages.Conversions);
    }

    [Theory]
    [InlineData(0x10_0800, 0x1000)]
    [InlineData(0x10_0000, 0x1800)]
    [InlineData(0x10_0800, 0x1800)]
    public void MapGpa_Misaligned_IsAlignErrorAtStart(ulong gpa, ulong size)
    {
        VmCallRegisters result = _td.Call(VmCallLeaf.MapGpa, gpa, size);

        Assert.Equal((VmCallStatus.AlignError, gpa), (result.Status, result.R11));
    }

    [Fact]
    public void MapGpa_UpToTheVeryTop_IsLegal() =>
        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.MapGpa, 0x0000_FFFF_FFFF_F000, Page).Status);

    [Fact]
    public void MapGpa_RefusedChunk_IsInvalidOperandThere()
    {
        _td.Pages.Outcome = gpa => gpa < Chunk ? MapGpaOutcome.Converted : MapGpaOutcome.Refused;

        VmCallRegisters result = _td.Call(VmCallLeaf.MapGpa, TestTd.Shared(0), 3 * Chunk);

        Assert.Equal((VmCallStatus.InvalidOperand, TestTd.Shared(Chunk)), (result.Status, result.R11));
    }

    [Fact]
    public void MapGpa_DeviceRange_IsAcceptedWithoutEffect()
    {
        _td.Pages.Outcome = _ => MapGpaOutcome.NotMemory;

        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.MapGpa, TestTd.Shared(TestTd.DeviceGpa), Page).Status);
    }

    [Fact]
    public void MapGpa_PendingEvent_RetriesAfterFirstChunk()
    {
        _td.Vcpu.HasPendingEvent = true;

        VmCallRegisters result = _td.Call(VmCallLeaf.MapGpa, TestTd.Shared(0), 3 * Chunk);

        Assert.Equal((VmCallStatus.Retry, TestTd.Shared(Chunk)), (result.Status, result.R11));
        Assert.Single(_td.Pages.Conversions);
    }

    [Fact]
    public void MapGpa_PendingEventAtLastChunk_IsSuccess()
    {
        _td.Vcpu.HasPendingEvent = true;

        Assert.Equal(VmCallStatus.Success, _td.Call(VmCallLeaf.MapGpa, 0, Chunk).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void MapGpa_GuestFollowsRetries_ConvertsAllOnce(int chunksPerCall)
    {
        using TestTd td = new(services => services.AddSingleton(new MapGpaOptions { ChunksPerCall = chunksPerCall }));
        ulong next = TestTd.Shared(0);
        ulong end = next + (7 * Chunk) + Page;
        int calls = 0;
        for (VmCallStatus status = VmCallStatus.Retry; status == VmCallStatus.Retry; calls++)
        {
            VmCallRegisters result = td.Call(VmCallLeaf.MapGpa, next, end - next);
            status = result.Status;
            next = status == VmCallStatus.Retry ? result.R11 : next;
            Assert.True(calls < 8);
        }

        Assert.Equal((8 + chunksPerCall - 1) / chunksPerCall, calls);
        Assert.Equal(8, td.Pages.Conversions.Count);
        Assert.Equal((7 * Chunk) + Page, td.Pages.Conversions.Aggregate(0UL, (sum, conversion) => sum + conversion.Size));
    }

    [Fact]
    public void MapGpaOptions_NoChunks_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MapGpaHandler(_td.Pages, TestTd.Width, new MapGpaOptions { ChunksPerCall = 0 }));
}
