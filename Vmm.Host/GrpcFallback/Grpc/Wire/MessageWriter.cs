using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Puts one message into a frame.</summary>
/// <param name="output">Where the frame goes.</param>
/// <param name="limit">The largest message; null for any.</param>
internal sealed class MessageWriter(IBufferWriter<byte> output, int? limit) : SerializationContext
{
    /// <summary>What goes before a message.</summary>
    internal const int HeaderSize = 1 + sizeof(uint);

    public override void Complete(byte[] payload)
    {
        SetPayloadLength(payload.Length);
        output.Write(payload);
    }

    public override IBufferWriter<byte> GetBufferWriter() => output;

    public override void SetPayloadLength(int payloadLength)
    {
        if (payloadLength > limit)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"Sending message exceeds the maximum configured message size: {payloadLength} bytes, and {limit} are allowed."));
        }

        Span<byte> header = output.GetSpan(HeaderSize);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)payloadLength);
        output.Advance(HeaderSize);
    }

    public override void Complete()
    {
    }
}
