using Vmm.Core.Machine;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Exits;

/// <summary>Words for a TD that is stopped because it touched memory in a way that hardware would not let it.</summary>
internal static class IsolationViolation
{
    internal static MachineOutcome Describe(int vcpu, in SeptViolation violation, string what, ulong rip, bool sharedAlias = false) => new(
        MachineOutcomeKind.Crash,
        $"isolation violation on vCPU {vcpu}: {violation.Describe(sharedAlias)} ({what}, RIP 0x{rip:x})");

    internal static MachineOutcome DescribeUnknown(int vcpu, ulong rip) => new(
        MachineOutcomeKind.Crash,
        $"isolation violation on vCPU {vcpu} at RIP 0x{rip:x}: the guest touched memory that it must not, by no access of that instruction (an exception's stack or table)");
}
