using Vmm.Core.Kvm;
using Vmm.Host.Configuration;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>Decides who plays the TDX module.</summary>
internal static class BackendChoice
{
    /// <summary>Settles what a definition leaves to the host, and checks what it does not.</summary>
    /// <exception cref="UserErrorException">It asks for TDX hardware, and the host has none that works.</exception>
    internal static MachinePlan Settle(MachinePlan plan, KvmSystem kvm, HostFiles files)
    {
        if (plan.Config.Guest != GuestKind.Td || plan.Config.Backend == BackendKind.Emulated)
        {
            return plan;
        }

        // Why there is no TDX takes some reading, and who left it open does not want to know.
        if (plan.Config.Backend == BackendKind.Auto && plan.Firmware is null && !TdxChecks.AreOffered(kvm))
        {
            return With(plan, BackendKind.Emulated);
        }

        HostCheck? missing = TdxChecks.Examine(files, kvm).FirstOrDefault(check => check.Status == CheckStatus.Missing);
        if (missing is not null && (plan.Config.Backend == BackendKind.Tdx || plan.Firmware is not null))
        {
            string asked = plan.Config.Backend == BackendKind.Tdx ? "backend \"tdx\"" : "firmware (which needs TDX hardware)";
            throw new UserErrorException(ExitCode.HostCannot, $"{asked}: {missing.Finding}; {missing.Advice}");
        }

        return With(plan, missing is null ? BackendKind.Tdx : BackendKind.Emulated);
    }

    private static MachinePlan With(MachinePlan plan, BackendKind backend) => plan with { Config = plan.Config with { Backend = backend } };
}
