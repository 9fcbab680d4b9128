using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>Makes an endpoint of each method of a service.</summary>
/// <param name="endpoints">Where they go.</param>
internal sealed class ServiceBinder(IEndpointRouteBuilder endpoints) : ServiceBinderBase
{
    private readonly GrpcServiceOptions _options = endpoints.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
    private readonly ILogger _logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc");

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Map(method, async call =>
        {
            TRequest request = await Requests(method, call).ReadOnlyAsync();
            await Responses(method, call).WriteAsync(await handler!(request, call));
        });

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, async call => await Responses(method, call).WriteAsync(await handler!(Requests(method, call), call)));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, async call => await handler!(await Requests(method, call).ReadOnlyAsync(), Responses(method, call), call));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, call => handler!(Requests(method, call), Responses(method, call), call));

    private ServerStreamReader<TRequest> Requests<TRequest, TResponse>(Method<TRequest, TResponse> method, HttpServerCallContext call)
        where TRequest : class => new(new MessageReader<TRequest>(call.Http.Request.BodyReader, method.RequestMarshaller, _options.MaxReceiveMessageSize), call);

    private ServerStreamWriter<TResponse> Responses<TRequest, TResponse>(Method<TRequest, TResponse> method, HttpServerCallContext call)
        where TResponse : class => new(call, method.ResponseMarshaller, _options.MaxSendMessageSize);

    private void Map<TRequest, TResponse>(Method<TRequest, TResponse> method, Func<HttpServerCallContext, Task> invoke)
    {
        ServerCallHandler handler = new(invoke, _options, _logger);
        RequestDelegate serve = handler.HandleAsync;
        endpoints.MapPost(method.FullName, serve);
    }
}
