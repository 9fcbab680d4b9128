using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Tdx.Hardware;
using Vmm.Tdx.Hardware.Memory;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>The shortest launch that KVM takes: one page of contents, unless the test has more.</summary>
internal sealed class TestLaunch(TdxMemory memory) : ITdxLaunch
{
    public const ulong InitialRcx = 0x80_9000;
    public const ulong CodePage = 0x1000;

    private const int PageSize = 4096;
    private const int IoApicPins = 24;
    private const ulong ForwardMapGpa = 1 << 12;
    private const uint GpaWidthEax = 48 << 16;
    private const uint X2Apic = 1 << 21;

    private static readonly KvmCpuidEntry2[] VcpuCpuid =
    [
        new() { Function = 0, Eax = 1, Ebx = 0x756E_6547 },
        new() { Function = 1, Eax = 0xC06F2, Ecx = X2Apic },
        new() { Function = 0x8000_0000, Eax = 0x8000_0008 },
        new() { Function = 0x8000_0008, Eax = GpaWidthEax | 0x3030 },
    ];

    /// <summary>What the TD begins with: whole pages, all measured.</summary>
    public List<(ulong Gpa, byte[] Content)> Pages { get; } = [];

    public void PrepareVm(KvmVm vm)
    {
        vm.EnableCap(KvmCap.SplitIrqchip, IoApicPins);
        vm.EnableCap(KvmCap.ExitHypercall, ForwardMapGpa);
        memory.Map(vm);
        KvmCpuidEntry2[] cpuid = [new() { Function = 0x8000_0008, Eax = GpaWidthEax | 0x30 }];
        Check(vm.InitTd(new KvmTdxInitVm { Attributes = 1 << 28, Xfam = 7 }, cpuid));
    }

    public void PrepareVcpus(KvmVm vm, IReadOnlyList<Vcpu> vcpus)
    {
        foreach (Vcpu vcpu in vcpus)
        {
            vcpu.Kvm.SetCpuid(VcpuCpuid);
            Check(vcpu.Kvm.InitTdVcpu(InitialRcx));
        }

        foreach ((ulong gpa, byte[] content) in Pages.DefaultIfEmpty((CodePage, new byte[PageSize])))
        {
            AddPage(vcpus[0].Kvm, gpa, content);
        }

        Check(vm.FinalizeTd());
    }

    private static unsafe void AddPage(KvmVcpu vcpu, ulong gpa, byte[] content)
    {
        byte[] room = GC.AllocateArray<byte>(2 * PageSize, pinned: true);
        fixed (byte* start = room)
        {
            int offset = (int)((PageSize - ((ulong)start % PageSize)) % PageSize);
            content.CopyTo(room.AsSpan(offset));
            KvmTdxInitMemRegion region = new() { SourceAddr = (ulong)(start + offset), Gpa = gpa, NrPages = 1 };
            Check(vcpu.InitTdMemory(ref region, KvmTdxRegionFlags.MeasureMemoryRegion));
        }
    }

    private static void Check(KvmTdxResult result)
    {
        if (!result.Succeeded)
        {
            throw KvmException.Refused("launch", result.Errno);
        }
    }
}
