using System.Runtime.CompilerServices;
using Vmm.Core.Interop;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Testing;

namespace Vmm.Core.Tests.Kvm;

public sealed class KvmSystemTests
{
    [Fact]
    public void Open_NoDevice_SaysWhichAndWhatToDo()
    {
        KvmException e = Assert.Throws<KvmException>(() => KvmSystem.Open(path: "/dev/no-kvm-here"));

        Assert.Equal(
            "/dev/no-kvm-here: No such file or directory; load the module (modprobe kvm_intel or kvm_amd) and enable virtualisation in the firmware",
            e.Message);
        Assert.False(e.IsPermission);
    }

    [Fact]
    public void Open_Forbidden_SaysWhichGroup()
    {
        KvmException e = Assert.Throws<KvmException>(() => KvmSystem.Open(new FakeSyscalls { OpenResult = -Libc.EACCES }));

        Assert.StartsWith("/dev/kvm: Permission denied; add yourself to the group", e.Message, StringComparison.Ordinal);
        Assert.True(e.IsPermission);
    }

    [Fact]
    public void Open_OtherApiVersion_RefusesAndClosesTheDevice()
    {
        FakeSyscalls kernel = new() { Answer = (_, _) => 11 };

        KvmException e = Assert.Throws<KvmException>(() => KvmSystem.Open(kernel));

        Assert.Contains("KVM API version 12", e.Message, StringComparison.Ordinal);
        Assert.Equal([FakeSyscalls.File], kernel.Closed);
    }

    [Fact]
    public unsafe void GetSupportedCpuid_TableTooSmall_AsksWithALargerOne()
    {
        List<uint> capacities = [];
        using KvmSystem system = KvmSystem.Open(new FakeSyscalls
        {
            Answer = (request, argument) =>
            {
                if (request != KvmIoctl.GetSupportedCpuid)
                {
                    return 12;
                }

                ref KvmCpuid2 table = ref Unsafe.AsRef<KvmCpuid2>((void*)argument);
                capacities.Add(table.Count);
                if (table.Count < 300)
                {
                    return -Libc.E2BIG;
                }

                table.Count = 3;
                return 0;
            },
        });

        Assert.Equal(3, system.GetSupportedCpuid().Length);
        Assert.Equal([128u, 256u, 512u], capacities);
    }

    [Fact]
    public void GetSupportedCpuid_NeverFits_EndsWithAnError()
    {
        using KvmSystem system = KvmSystem.Open(new FakeSyscalls { Answer = (request, _) => request == KvmIoctl.GetSupportedCpuid ? -Libc.E2BIG : 12 });

        Assert.Throws<KvmException>(() => system.GetSupportedCpuid());
    }

    [Fact]
    public void CheckExtension_KernelFails_CountsAsAbsent()
    {
        using KvmSystem system = KvmSystem.Open(new FakeSyscalls { Answer = (request, _) => request == KvmIoctl.CheckExtension ? -Libc.EINVAL : 12 });

        Assert.Equal(0, system.CheckExtension(KvmCap.SyncRegs));
    }

    [Fact]
    public void CreateVcpu_PageCannotBeMapped_ClosesTheVcpu()
    {
        FakeSyscalls kernel = new() { Answer = (request, _) => request == KvmIoctl.CreateVcpu ? 99 : 12 };
        using KvmSystem system = KvmSystem.Open(kernel);
        using KvmVm vm = system.CreateVm();

        KvmException e = Assert.Throws<KvmException>(() => vm.CreateVcpu(0));

        Assert.Equal(Libc.ENOMEM, e.Errno);
        Assert.Equal([99], kernel.Closed);
    }

    [KvmFact]
    public void Host_HasWhatTheProjectNeeds()
    {
        using KvmSystem system = KvmSystem.Open();

        Assert.Equal(12, system.ApiVersion);
        Assert.True(system.CheckExtension(KvmCap.ImmediateExit) > 0);
        Assert.True(system.CheckExtension(KvmCap.X86UserSpaceMsr) > 0);
        Assert.True(system.CheckExtension(KvmCap.SplitIrqchip) > 0);
    }

    [KvmFact]
    public void GetSupportedCpuid_BeginsWithTheHighestLeaf()
    {
        using KvmSystem system = KvmSystem.Open();

        KvmCpuidEntry2[] entries = system.GetSupportedCpuid();

        KvmCpuidEntry2 first = Assert.Single(entries, entry => entry.Function == 0);
        Assert.True(first.Eax >= 7);
        Assert.Contains(entries, entry => entry.Function == 0x8000_0000);
    }
}
