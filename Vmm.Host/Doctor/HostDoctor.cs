using Vmm.Core.Kvm;
using Vmm.Host.Errors;

namespace Vmm.Host.Doctor;

/// <summary>Says what this host can do, and what to do about what it cannot.</summary>
/// <param name="files">The kernel's files.</param>
/// <param name="openKvm">Opens KVM.</param>
public sealed class HostDoctor(HostFiles files, Func<KvmSystem> openKvm)
{
    /// <summary>Looks at everything; takes well under a second.</summary>
    public IReadOnlyList<HostCheck> Examine()
    {
        List<HostCheck> checks = [];
        KvmSystem? kvm = null;
        try
        {
            kvm = openKvm();
            checks.AddRange(KvmChecks.Examine(kvm));
            checks.Add(GuestSpeed.Examine(kvm));
        }
        catch (KvmException e)
        {
            string[] parts = e.Message.Split("; ", 2);
            checks.Add(new HostCheck(e.Operation == KvmSystem.DevicePath ? "kvm" : e.Operation, CheckStatus.Missing, parts[0], parts[^1])
            {
                IsRequired = true,
                IsPermission = e.IsPermission,
            });
        }

        checks.AddRange(MemoryChecks.Examine(files));
        checks.AddRange(LibraryChecks.Examine());
        checks.AddRange(TdxChecks.Examine(files, kvm));
        kvm?.Dispose();
        return checks;
    }

    /// <summary>Whether TDs can run on TDX hardware.</summary>
    public static bool HasTdx(IReadOnlyList<HostCheck> checks) =>
        checks.Any(check => check.Name == TdxChecks.Name)
        && checks.Where(check => check.Name.StartsWith("tdx ", StringComparison.Ordinal)).All(check => check.Status != CheckStatus.Missing);

    /// <summary>Exit code for what was found: 0 when emulated TDs can run.</summary>
    public static ExitCode Verdict(IReadOnlyList<HostCheck> checks) =>
        checks.FirstOrDefault(check => check is { IsRequired: true, Status: CheckStatus.Missing }) is not { } missing ? ExitCode.Success
        : missing.IsPermission ? ExitCode.NoPermission
        : ExitCode.HostCannot;
}
