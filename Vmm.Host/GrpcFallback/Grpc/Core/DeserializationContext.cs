using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a message is read from.</summary>
public abstract class DeserializationContext
{
    /// <summary>Size of the message.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message, as bytes of its own.</summary>
    public abstract byte[] PayloadAsNewBuffer();

    /// <summary>The message, valid until it is read.</summary>
    public abstract ReadOnlySequence<byte> PayloadAsReadOnlySequence();
}
