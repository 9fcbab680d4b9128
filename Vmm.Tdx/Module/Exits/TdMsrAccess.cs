using Vmm.Core.Exits;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Module.Exits;

/// <summary>RDMSR and WRMSR by a TD that KVM does not serve: #VE, or #GP for registers that no TD has.</summary>
/// <param name="mode">Whether #VE is raised at all.</param>
/// <param name="msrs">What the VMM would answer to a TDVMCALL.</param>
/// <param name="exceptions">Raises #VE.</param>
public sealed class TdMsrAccess(VeMode mode, MsrBank msrs, ExceptionInjector exceptions)
{
    internal void Serve(EmulatedVcpu td, bool isWrite)
    {
        KvmVcpu kvm = td.Vcpu.Kvm;
        uint index = kvm.Area.Exit.Msr.Index;
        if (mode == VeMode.Architectural && MsrVirtualization.RaisesVe(index, isWrite))
        {
            int length = ExitNormalizer.RewindMsr(kvm);
            kvm.GetSregs(out KvmSregs sregs);
            var info = new VeInfo(isWrite ? VmxExitReason.Wrmsr : VmxExitReason.Rdmsr, InstructionLength: (uint)length);
            exceptions.RaiseVe(kvm, td.Td, in sregs, in info);
            return;
        }

        ref KvmExitMsr msr = ref kvm.Area.Exit.Msr;
        bool served = mode == VeMode.Fast
            && (isWrite ? msrs.TryWrite(td, index, msr.Data) : msrs.TryRead(td, index, out msr.Data));
        msr.Error = served ? (byte)0 : (byte)1;
    }
}
