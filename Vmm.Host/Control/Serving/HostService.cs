using Grpc.Core;
using Vmm.Core.Kvm;
using Vmm.Host.Cli;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Serving;

/// <summary>The service Host, of the process of one machine.</summary>
/// <param name="machine">The machine.</param>
internal sealed class HostService(ControlledRun machine) : Api.Host.HostBase
{
    public override Task<VersionResponse> Version(VersionRequest request, ServerCallContext context) =>
        Task.FromResult(new VersionResponse { Version = VersionAction.Version, Role = "machine", Pid = Environment.ProcessId });

    public override Task<CheckResponse> Check(CheckRequest request, ServerCallContext context) => Task.Run(CheckMessages.Examine);

    public override Task<ShutdownResponse> Shutdown(ShutdownRequest request, ServerCallContext context) => ReasonedStatus.AnswerAsync(async () =>
    {
        await RunEnding.StopAsync(machine.Run, new StopRequest { Kill = true }, context.CancellationToken);
        return new ShutdownResponse();
    });
}
