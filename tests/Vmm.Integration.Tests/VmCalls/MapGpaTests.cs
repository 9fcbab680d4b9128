using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Memory;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.VmCalls;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.VmCalls;

/// <summary>TDVMCALL MapGPA (0x10001).</summary>
public abstract class MapGpaTests<TBackend>
    where TBackend : ITdBackend, new()
{
    private protected const ulong Page = TestProgram.Scratch;
    private protected const ulong Large = 2UL << 20;

    private protected static ulong SharedPage => Page | TestHost.SharedBit;

    private protected static Registers MapGpa(ulong gpa, ulong size) => VmCall(0x10001) with { R12 = gpa, R13 = size };

    private protected static Func<Registers, Registers> StopsAt(ulong status, ulong gpa) => r => r with { Rax = 0, R10 = status, R11 = gpa };

    [KvmFact]
    public void MapGpa_ToSharedAndBack_DeviceSeesOnlySharedPages()
    {
        using TdRun run = new CallTable
        {
            { MapGpa(SharedPage, 0x3000), Answers(0) },
            { MapGpa(SharedPage, 0x3000), Answers(0) },
            { MapGpa(Page, 0x1000), Answers(0) },
            { MapGpa(Page, 0x1000), Answers(0) },
        }.Check(new TBackend());
        IDeviceMemory memory = run.Services.GetRequiredService<IDeviceMemory>();
        Assert.False(memory.TryGetSpan(Page, 1, out _));
        Assert.True(memory.TryGetSpan(Page + 0x1000, 0x2000, out _));
        Assert.True(memory.TryGetSpan(SharedPage + 0x1000, 0x2000, out _));
        Assert.False(memory.TryGetSpan(Page + 0x1000, 0x2001, out _));
        Assert.False(memory.TryGetSpan(Page + 0x3000, 1, out _));
    }

    [KvmFact]
    public void MapGpa_BadOperands_StopAtTheFirstPage()
    {
        ulong end = TestHost.SharedBit << 1;
        new CallTable
        {
            { MapGpa(SharedPage, 0), StopsAt(InvalidOperand, SharedPage) },
            { MapGpa(SharedPage, ulong.MaxValue & ~0xFFFUL), StopsAt(InvalidOperand, SharedPage) }, // wraps
            { MapGpa(TestHost.SharedBit - 0x1000, 0x2000), StopsAt(InvalidOperand, TestHost.SharedBit - 0x1000) }, // half private, half shared
            { MapGpa(end, 0x1000), StopsAt(InvalidOperand, end) }, // beyond the width
            { MapGpa(end - 0x1000, 0x2000), StopsAt(InvalidOperand, end - 0x1000) },
            { MapGpa(ulong.MaxValue, 1), StopsAt(InvalidOperand, ulong.MaxValue) },
            { MapGpa(SharedPage + 1, 0x1000), StopsAt(AlignError, SharedPage + 1) },
            { MapGpa(SharedPage, 0x800), StopsAt(AlignError, SharedPage) },
            { MapGpa(SharedPage + 0x800, 0x800), StopsAt(AlignError, SharedPage + 0x800) },
        }.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public void MapGpa_BeyondMemory_PartlyRamIsRefusedDevicesAreNot()
    {
        ulong end = TdOptions.Default.Memory | TestHost.SharedBit;
        new CallTable
        {
            { MapGpa(end - 0x1000, 0x2000), StopsAt(InvalidOperand, end - 0x1000) },
            { MapGpa(0xFEC0_0000 | TestHost.SharedBit, 0x1000), Answers(0) },
        }.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public virtual void MapGpa_OneChunkACall_IsRetriedUntilDone()
    {
        new CallTable
        {
            { MapGpa(SharedPage + 0x1000, Large + 0x1000), StopsAt(Retry, SharedPage + 0x1000 + Large) },
            { MapGpa(SharedPage + 0x1000 + Large, 0x1000), Answers(0) },
            { MapGpa(Page + 0x1000, Large + 0x1000), StopsAt(Retry, Page + 0x1000 + Large) },
            { MapGpa(Page + 0x1000 + Large, 0x1000), Answers(0) },
            { TdCall(6) with { Rcx = Page + 0x1000 }, Succeeds },
            { TdCall(6) with { Rcx = Page + 0x1000 + Large }, Succeeds },
            { TdCall(6) with { Rcx = Page + 0x2000 + Large }, Fails(PageAlreadyAccepted) },
        }.Check(new TBackend(), options: new TdOptions { Configure = services => services.AddSingleton(new MapGpaOptions { ChunksPerCall = 1 }) }).Dispose();
    }

    [KvmFact]
    public void MapGpaRange_KvmHypercall_ConvertsToo()
    {
        const ulong InvalidArgument = unchecked((ulong)-22);
        const ulong Encrypted = 1 << 4;
        using TdRun run = new CallTable
        {
            { VmCall(Page) with { R10 = 12, R12 = 2, R13 = 0 }, Answers(0) },
            { VmCall(Page + 0x1000) with { R10 = 12, R12 = 1, R13 = Encrypted }, Answers(0) },
            { TdCall(6) with { Rcx = Page + 0x1000 }, Succeeds },
            { VmCall(Page + 1) with { R10 = 12, R12 = 1, R13 = 0 }, Answers(InvalidArgument) },
            { VmCall(Page) with { R10 = 12, R12 = 0, R13 = 0 }, Answers(InvalidArgument) },
            { VmCall(Page) with { R10 = 12, R12 = ulong.MaxValue, R13 = 0 }, Answers(InvalidArgument) },
        }.Check(new TBackend());
        Assert.True(run.Services.GetRequiredService<IDeviceMemory>().TryGetSpan(Page, 0x1000, out _));
        Assert.False(run.Services.GetRequiredService<IDeviceMemory>().TryGetSpan(Page + 0x1000, 1, out _));
    }
}
