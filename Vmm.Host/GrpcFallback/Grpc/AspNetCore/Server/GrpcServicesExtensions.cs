#pragma warning disable IDE0130 // Where callers look for it.
using Grpc.AspNetCore.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what gRPC needs.</summary>
public static class GrpcServicesExtensions
{
    /// <summary>Registers what gRPC needs.</summary>
    public static void AddGrpc(this IServiceCollection services) => services.AddGrpc(_ => { });

    /// <summary>Registers what gRPC needs.</summary>
    public static void AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
    {
        services.AddRouting();
        services.Configure(configureOptions);
    }
}
