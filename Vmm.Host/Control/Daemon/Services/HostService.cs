using Grpc.Core;
using Vmm.Core.Kvm;
using Vmm.Host.Cli;
using Vmm.Host.Control.Api;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>The host, and the daemon itself.</summary>
internal sealed class HostService(DaemonLife life) : Api.Host.HostBase
{
    public override Task<VersionResponse> Version(VersionRequest request, ServerCallContext context) =>
        Task.FromResult(new VersionResponse { Version = VersionAction.Version, Role = "daemon", Pid = Environment.ProcessId });

    public override async Task<CheckResponse> Check(CheckRequest request, ServerCallContext context)
    {
        IReadOnlyList<Doctor.HostCheck> checks = await Task.Run(() => new HostDoctor(new HostFiles(), () => KvmSystem.Open()).Examine());
        CheckResponse response = new() { EmulatedTds = HostDoctor.Verdict(checks) == ExitCode.Success };
        response.Checks.AddRange(checks.Select(check => new Api.HostCheck
        {
            Name = check.Name,
            Status = check.Status switch { CheckStatus.Ok => "ok", CheckStatus.Warn => "warning", _ => "missing" },
            Required = check.IsRequired,
            Finding = check.Finding,
            Advice = check.Advice,
        }));
        return response;
    }

    public override Task<ShutdownResponse> Shutdown(ShutdownRequest request, ServerCallContext context)
    {
        life.Stop();
        return Task.FromResult(new ShutdownResponse());
    }
}
