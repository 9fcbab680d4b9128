namespace Grpc.Core;

/// <summary>Writes and reads messages of one type.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="serializer">Writes.</param>
/// <param name="deserializer">Reads.</param>
public sealed class Marshaller<T>(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
{
    /// <summary>Writes.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; } = serializer;

    /// <summary>Reads.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; } = deserializer;
}
