using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Testing;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Tests.Policies;

public sealed class PolicyOnKvmTests
{
    [KvmTheory]
    [InlineData("configs/policy-default.json", GuestKinds.Td)]
    [InlineData("configs/policy-default.json", GuestKinds.Ordinary)]
    [InlineData("configs/policy-strict.json", GuestKinds.Td)]
    [InlineData("configs/policy-strict.json", GuestKinds.Ordinary)]
    public void Build_FromThisHost_IsTakenByKvm(string file, GuestKinds guest)
    {
        using KvmSystem kvm = KvmSystem.Open();
        using KvmVm vm = kvm.CreateVm();
        CpuidEntry[] host = [.. kvm.GetSupportedCpuid().Select(entry => CpuidEntry.From(in entry))];

        CpuidTables tables = Policy.Load(file).Cpuid.Build(host, new MachineFacts(guest, 2, 2_100_000, 40));

        for (int i = 0; i < tables.Count; i++)
        {
            using KvmVcpu vcpu = vm.CreateVcpu(i);
            vcpu.SetCpuid([.. tables[i].Entries.Select(entry => entry.ToKvm())]);
        }
    }

    [KvmFact]
    public void FilterRanges_OfATd_AreTakenByKvm()
    {
        using KvmSystem kvm = KvmSystem.Open();
        using KvmVm vm = kvm.CreateVm();

        vm.SetMsrFilter(MsrVirtualization.FilterRanges());
    }
}
