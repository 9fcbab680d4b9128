using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Recording;
using Vmm.Core.Machine;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Tdx.Abi;

namespace Vmm.Host.Running;

/// <summary>
/// Launches a TD on TDX hardware that is not there: the very code of a launch, against a kernel that answers like a TDX host's and runs nothing. What
/// it asks of KVM is what a person with such a host can compare with <c>strace</c>.
/// </summary>
internal static class LaunchDryRun
{
    /// <summary>Records a launch.</summary>
    /// <returns>All calls, from the opening of /dev/kvm to the TD's being ready to run.</returns>
    /// <exception cref="UserErrorException">The machine is not for TDX hardware.</exception>
    internal static async Task<IReadOnlyList<KvmCall>> RecordAsync(MachineConfig config)
    {
        if (config.Guest != GuestKind.Td || config.Backend == BackendKind.Emulated)
        {
            string what = config.Guest != GuestKind.Td ? "guest is \"ordinary\"" : "backend is \"emulated\"";
            throw new UserErrorException(ExitCode.Usage, $"--dry-run shows a launch on TDX hardware, and the machine's {what}; use --guest td --backend tdx");
        }

        var plan = MachinePlan.Create(config with { Backend = BackendKind.Tdx });
        List<KvmCall> calls = [];
        using KvmSystem kvm = KvmSystem.Open(new RecordingSyscalls(new ReferenceTdxHost(), calls.Add, Describe));
        await using ServiceProvider services = new ServiceCollection().AddMachine(plan, kvm, new DryRun()).BuildServiceProvider();
        await using AsyncServiceScope life = services.CreateAsyncScope();
        life.ServiceProvider.GetRequiredService<VirtualMachine>();
        return [.. calls];
    }

    private static string? Describe(string field, ulong value) => field switch
    {
        "attributes" or "supported_attrs" => SpecNames.OfFlags((TdAttributes)value),
        "xfam" or "supported_xfam" => SpecNames.OfFlags((Xfam)value),
        _ => null,
    };
}
