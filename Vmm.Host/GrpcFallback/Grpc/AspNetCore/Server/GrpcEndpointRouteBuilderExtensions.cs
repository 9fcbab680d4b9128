#pragma warning disable IDE0130 // Where callers look for it.
using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Gives services their paths.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Serves a service. It has to be registered, as a singleton.</summary>
    /// <typeparam name="TService">The service: a class derived from a generated one.</typeparam>
    public static void MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        BindServiceMethodAttribute bind = typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)
            ?? throw new InvalidOperationException($"{typeof(TService)} is derived from no generated service");
        MethodInfo method = bind.BindType.GetMethods(BindingFlags.Public | BindingFlags.Static).Single(each =>
            each.Name == bind.BindMethodName && each.GetParameters() is [{ } binder, _] && binder.ParameterType == typeof(ServiceBinderBase));
        method.Invoke(obj: null, [new ServiceBinder(builder), builder.ServiceProvider.GetRequiredService<TService>()]);
    }
}
