using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a message is written to.</summary>
public abstract class SerializationContext
{
    /// <summary>The message is these bytes.</summary>
    public abstract void Complete(byte[] payload);

    /// <summary>Where to write instead, after <see cref="SetPayloadLength"/>.</summary>
    public abstract IBufferWriter<byte> GetBufferWriter();

    /// <summary>Announces the size of the message.</summary>
    public abstract void SetPayloadLength(int payloadLength);

    /// <summary>All is written.</summary>
    public abstract void Complete();
}
