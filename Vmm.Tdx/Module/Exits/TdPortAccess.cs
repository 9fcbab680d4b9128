using Vmm.Core.Buses;
using Vmm.Core.Exits;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Tdx.Module.Traps;

namespace Vmm.Tdx.Module.Exits;

/// <summary>IN and OUT by a TD: #VE, so that the guest asks by TDVMCALL; or served at once in <see cref="VeMode.Fast"/>.</summary>
/// <param name="mode">Which of the two.</param>
/// <param name="ports">The devices.</param>
/// <param name="normalizer">Takes the access back.</param>
/// <param name="exceptions">Raises #VE.</param>
/// <param name="handOver">Watches the decompressor, if one runs.</param>
public sealed class TdPortAccess(VeMode mode, PortBus ports, ExitNormalizer normalizer, ExceptionInjector exceptions, HandOverTrap? handOver = null)
{
    private const ulong Cr0ProtectedMode = 1;

    internal void Serve(EmulatedVcpu td)
    {
        KvmVcpu kvm = td.Vcpu.Kvm;
        if (mode == VeMode.Fast && kvm.Area.Exit.Io.Port != HandOverTrap.Port)
        {
            PortExit.Serve(kvm, ports);
            return;
        }

        kvm.GetSregs(out KvmSregs sregs);
        if (kvm.Area.Exit.Io.Port == HandOverTrap.Port && handOver is not null && handOver.IsHandOver(in sregs, kvm.Registers.Rip))
        {
            HandOver(kvm, handOver);
        }
        else if (mode == VeMode.Architectural && (sregs.Cr0 & Cr0ProtectedMode) != 0 && normalizer.TryRewindIo(kvm, in sregs, out RewoundIo io))
        {
            var qualification = IoQualification.Create(
                io.Access.Port, io.Access.Size, io.Access.IsInput, io.Instruction.IsString, io.Instruction.IsRepeated, io.Instruction.ImmediatePort is not null);
            var info = new VeInfo(VmxExitReason.IoInstruction, qualification.Value, InstructionLength: (uint)io.Instruction.Length);
            exceptions.RaiseVe(kvm, td.Td, in sregs, in info, io.CompletionPending);
        }
        else
        {
            // In real mode, which no TD on hardware can enter, this is the reset vector on its way to the reset register. Else the guest has
            // changed the code under its own feet, and the access itself is all that is known of it.
            PortExit.Serve(kvm, ports);
        }
    }

    private static void HandOver(KvmVcpu kvm, HandOverTrap handOver)
    {
        ulong entry = kvm.Registers.Rax;
        handOver.Arm(entry);
        kvm.Registers.Rip = entry;
        kvm.MarkRegistersDirty();
    }
}
