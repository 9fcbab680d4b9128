using System.Runtime.InteropServices;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Hardware.Memory;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>
/// Builds a TD through KVM's TDX API (Documentation/virt/kvm/x86/intel-tdx.rst): what comes before the first vCPU in <see cref="PrepareVm"/>, the
/// rest in <see cref="PrepareVcpus"/>. The order is the kernel's, which refuses any other.
/// </summary>
/// <param name="td">What the TD is to be.</param>
/// <param name="guest">Its memory, with the contents of the sections in place.</param>
/// <param name="memory">The private side of it.</param>
/// <param name="cpuid">CPUID of each vCPU.</param>
/// <param name="image">What is added.</param>
/// <param name="retry">How to bear with a busy host.</param>
public sealed class TdxLaunch(TdxParameters td, GuestMemory guest, TdxMemory memory, CpuidTables cpuid, TdxImage image, LaunchRetry retry) : ITdxLaunch
{
    /// <inheritdoc/>
    /// <exception cref="TdxLaunchException">A step failed.</exception>
    public void PrepareVm(KvmVm vm)
    {
        TdxVmSetup.RequireExtensions(vm, cpuid.Count);
        TdxCapabilities capabilities = GetCapabilities(vm);
        capabilities.Check(td);
        CpuidEntry[] configured = TdxCpuid.Configure(cpuid[0], capabilities, td.GpaWidth);
        Try(TdxLaunchStep.EnableCapabilities, () => TdxVmSetup.EnableCapabilities(vm));
        TdxVmSetup.SetTsc(vm, td.TscKhz);
        Try(TdxLaunchStep.Memory, () => memory.Map(vm));
        InitVm(vm, configured);
    }

    /// <inheritdoc/>
    /// <exception cref="TdxLaunchException">A step failed.</exception>
    public void PrepareVcpus(KvmVm vm, IReadOnlyList<Vcpu> vcpus)
    {
        foreach (Vcpu vcpu in vcpus)
        {
            KvmCpuidEntry2[] entries = [.. TdxCpuid.ForVcpu(cpuid[vcpu.Index]).Select(entry => entry.ToKvm())];
            Try(TdxLaunchStep.Cpuid, () => vcpu.Kvm.SetCpuid(entries));
        }

        foreach (Vcpu vcpu in vcpus)
        {
            Command(TdxLaunchStep.InitVcpu, $"vCPU {vcpu.Index}", () => vcpu.Kvm.InitTdVcpu(image.InitialRcx));
        }

        foreach (TdxSection section in image.Sections)
        {
            Add(vcpus[0].Kvm, section);
        }

        Command(TdxLaunchStep.FinalizeVm, "", vm.FinalizeTd);
    }

    private static void Try(TdxLaunchStep step, Action action)
    {
        try
        {
            action();
        }
        catch (KvmException refusal)
        {
            throw new TdxLaunchException(step, refusal);
        }
    }

    private static KvmTdxInitVm.Digest Digest(Bytes48 value) => MemoryMarshal.Read<KvmTdxInitVm.Digest>(value);

    private TdxCapabilities GetCapabilities(KvmVm vm)
    {
        KvmTdxCapabilities capabilities = default;
        KvmCpuidEntry2[] configurable = [];
        Command(TdxLaunchStep.Capabilities, "", () => vm.GetTdxCapabilities(out capabilities, out configurable));
        return TdxCapabilities.From(in capabilities, configurable);
    }

    private void InitVm(KvmVm vm, CpuidEntry[] configured)
    {
        KvmTdxInitVm parameters = new()
        {
            Attributes = (ulong)td.Attributes,
            Xfam = (ulong)td.Xfam,
            MrConfigId = Digest(td.MrConfigId),
            MrOwner = Digest(td.MrOwner),
            MrOwnerConfig = Digest(td.MrOwnerConfig),
        };
        KvmCpuidEntry2[] entries = [.. configured.Select(entry => entry.ToKvm())];
        Command(TdxLaunchStep.InitVm, "", () => vm.InitTd(in parameters, entries));
    }

    private void Add(KvmVcpu vcpu, TdxSection section)
    {
        KvmTdxInitMemRegion region = new()
        {
            SourceAddr = (ulong)guest.HostAddress(section.Range),
            Gpa = section.Range.Gpa,
            NrPages = section.Range.Size / GuestMemory.PageSize,
        };
        KvmTdxRegionFlags flags = section.IsMeasured ? KvmTdxRegionFlags.MeasureMemoryRegion : KvmTdxRegionFlags.None;
        Command(TdxLaunchStep.InitMemRegion, $"{section.Name} at {section.Range}", () => vcpu.InitTdMemory(ref region, flags), () => region.NrPages);

        // The TD has its own copy now. This one would only cost memory, and be found by whom the guest later shows the page.
        guest.SetAccess(section.Range.Gpa, section.Range.Size, PageAccess.Private, discard: true);
    }

    private void Command(TdxLaunchStep step, string what, Func<KvmTdxResult> command, Func<ulong>? left = null)
    {
        (KvmTdxResult result, int attempts) = retry.Run(command, left);
        if (!result.Succeeded)
        {
            throw new TdxLaunchException(step, what, result, attempts);
        }
    }
}
