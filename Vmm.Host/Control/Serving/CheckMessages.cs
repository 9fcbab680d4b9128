using Vmm.Core.Kvm;
using Vmm.Host.Control.Api;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Serving;

/// <summary>What <c>vmm doctor</c> says, in the words of the API.</summary>
internal static class CheckMessages
{
    /// <summary>Looks at the host; takes well under a second.</summary>
    internal static CheckResponse Examine()
    {
        IReadOnlyList<Doctor.HostCheck> checks = new HostDoctor(new HostFiles(), () => KvmSystem.Open()).Examine();
        CheckResponse response = new() { EmulatedTds = HostDoctor.Verdict(checks) == ExitCode.Success };
        response.Checks.AddRange(checks.Select(check => new Api.HostCheck
        {
            Name = check.Name,
            Status = Of(check.Status),
            Required = check.IsRequired,
            Finding = check.Finding,
            Advice = check.Advice,
        }));
        return response;
    }

    private static string Of(CheckStatus status) => status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Warn => "warning",
        _ => "missing",
    };
}
