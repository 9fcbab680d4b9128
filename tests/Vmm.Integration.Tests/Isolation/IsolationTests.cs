using Iced.Intel;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Memory;
using Vmm.Host.Configuration;
using Vmm.Integration.Tests.Harness;
using Vmm.Integration.Tests.Virtualization;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.Isolation;

/// <summary>What a TD may do with its pages, by their state. Whatever the hardware would not let it do ends it, with words that name place and access.</summary>
public sealed class IsolationTests
{
    private const ulong Page = TestProgram.Scratch;
    private const ulong SharedWindow = TestProgram.SharedWindow;

    private readonly TestProgram _p = new();

    private static ulong SharedPage => Page | TestHost.SharedBit;

    private void Convert(params ReadOnlySpan<ulong> gpas)
    {
        foreach (ulong gpa in gpas)
        {
            _p.Calls(VmCall(0x10001) with { R12 = gpa, R13 = 0x1000 });
        }
    }

    // Where the instruction is that follows.
    private ulong Here()
    {
        Label here = _p.CreateLabel();
        _p.Label(ref here);
        return _p.AddressOf(here);
    }

    private void Crashes(Func<TdRun, string> message, TdOptions? options = null)
    {
        _p.Exit(code: 1);
        using TdRun run = TdRunner.Run(_p, options);
        run.Crashed(message(run));
    }

    [KvmFact]
    public void PrivateRead_SharedPage_EndsTheTd()
    {
        Convert(SharedPage);
        _p.mov(rbx, Page + 0x18);
        ulong here = Here();
        _p.mov(rax, __[rbx]);
        Crashes(run => $"isolation violation on vCPU 0: private read of shared page 0x400018 (linear address 0x400018, RIP 0x{run.Quadword(here):x})");
    }

    [KvmFact]
    public void PrivateWrite_SharedPage_EndsTheTd()
    {
        Convert(SharedPage);
        _p.mov(rbx, Page);
        ulong here = Here();
        _p.mov(__dword_ptr[rbx + 0xFFC], eax);
        Crashes(run => $"isolation violation on vCPU 0: private write of shared page 0x400ffc (linear address 0x400ffc, RIP 0x{run.Quadword(here):x})");
    }

    [KvmFact]
    public void SharedRead_PrivatePage_EndsTheTd()
    {
        _p.MapWindows();
        _p.mov(rbx, SharedWindow);
        ulong here = Here();
        _p.movzx(eax, __byte_ptr[rbx]);
        Crashes(run => $"isolation violation on vCPU 0: shared read of private page 0x{SharedPage:x} (linear address 0x{SharedWindow:x}, RIP 0x{run.Quadword(here):x})");
    }

    [KvmFact]
    public void SharedWrite_PrivatePage_EndsTheTd()
    {
        _p.MapWindows();
        Convert(SharedPage, Page);
        _p.Calls(TdCall(6) with { Rcx = Page });
        _p.mov(rbx, SharedWindow);
        ulong here = Here();
        _p.mov(__byte_ptr[rbx], 1);
        Crashes(run => $"isolation violation on vCPU 0: shared write of private page 0x{SharedPage:x} (linear address 0x{SharedWindow:x}, RIP 0x{run.Quadword(here):x})");
    }

    [KvmFact]
    public void PrivateRead_NeverAccepted_EndsTheTd()
    {
        Convert(SharedPage, Page);
        _p.mov(rbx, Page);
        ulong here = Here();
        _p.mov(eax, __[rbx]);
        Crashes(run => $"isolation violation on vCPU 0: private read of page that was never accepted, 0x400000 (linear address 0x400000, RIP 0x{run.Quadword(here):x})");
    }

    [KvmFact]
    public void TdCallOperand_NeverAccepted_EndsTheTd()
    {
        Convert(SharedPage, Page);
        _p.mov(rcx, Page);
        _p.xor(edx, edx);
        _p.mov(eax, 2);
        ulong here = Here();
        _p.TdCall();
        Crashes(run => $"isolation violation on vCPU 0: private read of page that was never accepted, 0x400000 (TDCALL operand, RIP 0x{run.Quadword(here):x})");
    }

    [KvmFact]
    public void Fetch_SharedPage_EndsTheTd()
    {
        Convert(SharedPage);
        _p.mov(rbx, Page);
        _p.jmp(rbx);
        Crashes(_ => "isolation violation on vCPU 0: private fetch of shared page 0x400000 (linear address 0x400000, RIP 0x400000)");
    }

    [KvmFact]
    public void PageTable_InSharedPage_LeadsNowhere()
    {
        const ulong Directory = 6;
        _p.mov(rax, cr3);
        _p.mov(rax, __[rax]);
        _p.and(rax, -0x1000);
        _p.mov(rbx, Page | 3);
        _p.mov(__[rax + (long)(Directory * sizeof(ulong))], rbx);
        Convert(SharedPage);
        _p.mov(rbx, Directory << 30);
        ulong here = Here();
        _p.mov(eax, __[rbx]);
        _p.Exit(code: 1);
        using TdRun run = TdRunner.Run(_p);

        // A KVM that walks the tables itself gives the guest a #PF, and this one has no handler for it.
        string place = $"RIP 0x{run.Quadword(here):x})";
        string violation = $"isolation violation on vCPU 0: private pagewalk of shared page 0x400000 (linear address 0x{Directory << 30:x}, {place}";
        Assert.Contains(run.Outcome.Message, new[] { violation, $"triple fault on vCPU 0 ({place}" });
    }

    [KvmFact]
    public void PrivateAccess_NoMemory_EndsTheTd()
    {
        _p.mov(rbx, 0xFEC0_0000UL);
        ulong here = Here();
        _p.mov(eax, __[rbx]);
        Crashes(run => $"isolation violation on vCPU 0: private read of address without memory, 0xfec00000 (linear address 0xfec00000, RIP 0x{run.Quadword(here):x})");
    }

    [KvmFact]
    public void SharedPage_WrittenByGuest_IsSeenByDevicesUntilItIsPrivateAgain()
    {
        const ulong Other = Page + 0x1000;
        _p.MapWindows();
        Convert(SharedPage, SharedPage + 0x1000);
        _p.mov(rbx, SharedWindow);
        _p.mov(rax, 0x1122_3344_5566_7788);
        _p.mov(__[rbx + 8], rax);
        _p.mov(__[rbx + 0x1008], rax);
        Convert(Other);
        _p.Calls(TdCall(6) with { Rcx = Other });
        _p.mov(rbx, Other + 8);
        _p.mov(rax, __[rbx]);
        ulong afterAccept = _p.Store(rax);
        using TdRun run = TdRunner.Run(_p).Succeeded();

        IDeviceMemory devices = run.Services.GetRequiredService<IDeviceMemory>();
        Assert.True(devices.TryGetSpan(Page + 8, 8, out Span<byte> seen));
        Assert.Equal(0x1122_3344_5566_7788UL, BitConverter.ToUInt64(seen));
        Assert.False(devices.TryGetSpan(Other, 8, out _));
        Assert.False(devices.TryGetSpan(Page + 0xFF8, 16, out _));
        Assert.Equal(0UL, run.Quadword(afterAccept));
    }

    [KvmFact]
    public void PrivateAccess_PendingPageWithoutSeptVeDisable_RaisesVeAndSucceedsOnceAccepted()
    {
        VeHandler handler = new(_p, serves: false);
        Convert(SharedPage, Page);
        _p.mov(rbx, Page + 0x10);
        Label read = _p.CreateLabel();
        Label write = _p.CreateLabel();
        Label accept = _p.CreateLabel();
        _p.Label(ref read);
        _p.mov(rax, __[rbx]);
        _p.nop();
        _p.Label(ref write);
        handler.ResumeAt(write);
        _p.mov(__dword_ptr[rbx + 4], 7);
        _p.Label(ref accept);
        handler.ResumeAt(accept);
        _p.Calls(TdCall(6) with { Rcx = Page });
        _p.mov(rbx, Page + 0x10);
        _p.mov(rax, __[rbx]);
        ulong value = _p.Store(rax);
        using TdRun run = TdRunner.Run(_p, new TdOptions { Td = new TdConfig { Attributes = 0 } }).Succeeded();

        VeRecord[] records = handler.Records(run);
        Assert.Equal([(48UL, 0x181UL, Page + 0x10, Page + 0x10), (48, 0x182, Page + 0x14, Page + 0x14)], records.Select(ve => (ve.ExitReason, ve.Qualification, ve.Linear, ve.Physical)));
        Assert.Equal(0UL, run.Quadword(value));
    }

    [KvmFact]
    public void TdCallOperand_PendingPageWithoutSeptVeDisable_RaisesVeAtTheTdCall()
    {
        VeHandler handler = new(_p, serves: false);
        Label call = _p.CreateLabel();
        Label behind = _p.CreateLabel();
        Convert(SharedPage, Page);
        _p.Load(TdCall(2) with { Rcx = Page, Rdx = 0 });
        _p.Label(ref call);
        _p.TdCall();
        _p.Label(ref behind);
        handler.ResumeAt(behind);
        ulong captured = _p.Capture();
        ulong start = _p.AddressOf(call);
        using TdRun run = TdRunner.Run(_p, new TdOptions { Td = new TdConfig { Attributes = 0 } }).Succeeded();

        VeRecord ve = Assert.Single(handler.Records(run));
        Assert.Equal((48UL, Page, run.Quadword(start)), (ve.ExitReason, ve.Physical, ve.Rip));
        Assert.Equal(TdCall(2) with { Rcx = Page, Rdx = 0 }, run.Registers(captured));
    }
}
