namespace Grpc.Core;

/// <summary>One method of a service.</summary>
/// <typeparam name="TRequest">What goes in.</typeparam>
/// <typeparam name="TResponse">What comes out.</typeparam>
/// <param name="type">Who sends many.</param>
/// <param name="serviceName">Name of the service with its package.</param>
/// <param name="name">Name of the method.</param>
/// <param name="requestMarshaller">Reads and writes requests.</param>
/// <param name="responseMarshaller">Reads and writes responses.</param>
public sealed class Method<TRequest, TResponse>(
    MethodType type, string serviceName, string name, Marshaller<TRequest> requestMarshaller, Marshaller<TResponse> responseMarshaller)
{
    /// <summary>Who sends many.</summary>
    public MethodType Type { get; } = type;

    /// <summary>Name of the service with its package.</summary>
    public string ServiceName { get; } = serviceName;

    /// <summary>Name of the method.</summary>
    public string Name { get; } = name;

    /// <summary>The path of its calls.</summary>
    public string FullName { get; } = $"/{serviceName}/{name}";

    /// <summary>Reads and writes requests.</summary>
    public Marshaller<TRequest> RequestMarshaller { get; } = requestMarshaller;

    /// <summary>Reads and writes responses.</summary>
    public Marshaller<TResponse> ResponseMarshaller { get; } = responseMarshaller;
}
