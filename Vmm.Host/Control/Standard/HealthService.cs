using Google.Protobuf.Reflection;
using Grpc.Core;
using Vmm.Host.Control.Api.Health;
using static Vmm.Host.Control.Api.Health.HealthCheckResponse.Types;

namespace Vmm.Host.Control.Standard;

/// <summary>grpc.health.v1: load balancers and tools ask whether a server serves. It does from its first answer until it ends.</summary>
/// <param name="services">What it serves.</param>
/// <param name="stopping">The server ends.</param>
internal sealed class HealthService(IEnumerable<ServiceDescriptor> services, CancellationToken stopping) : Api.Health.Health.HealthBase
{
    private readonly HashSet<string> _services = [.. services.Select(service => service.FullName), ""];

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => _services.Contains(request.Service)
        ? Task.FromResult(new HealthCheckResponse { Status = Now })
        : throw new RpcException(new Status(StatusCode.NotFound, $"there is no service \"{request.Service}\""));

    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        bool isKnown = _services.Contains(request.Service);
        await responseStream.WriteAsync(new HealthCheckResponse { Status = isKnown ? Now : ServingStatus.ServiceUnknown });
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.CancellationToken);
        await Task.Delay(Timeout.Infinite, end.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (isKnown && !context.CancellationToken.IsCancellationRequested)
        {
            await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.NotServing });
        }
    }

    private ServingStatus Now => stopping.IsCancellationRequested ? ServingStatus.NotServing : ServingStatus.Serving;
}
