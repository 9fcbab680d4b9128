using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Takes messages out of a stream of frames: a byte that says whether it is compressed, four of its length, the message.</summary>
/// <typeparam name="T">The type of the messages.</typeparam>
/// <param name="input">The frames.</param>
/// <param name="marshaller">Reads messages.</param>
/// <param name="limit">The largest message; null for any that fits into memory.</param>
internal sealed class MessageReader<T>(PipeReader input, Marshaller<T> marshaller, int? limit)
    where T : class
{
    /// <summary>Reads one message.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="RpcException">What came is no message, or not one that may come.</exception>
    internal async ValueTask<T?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellation);
            ReadOnlySequence<byte> buffer = result.Buffer;
            SequencePosition consumed = buffer.Start;
            try
            {
                if (TryTake(buffer, out ReadOnlySequence<byte> payload))
                {
                    consumed = payload.End;
                    return Deserialize(payload);
                }

                if (result.IsCompleted)
                {
                    return buffer.IsEmpty ? null : throw Failure(StatusCode.Internal, "the stream ends within a message");
                }
            }
            finally
            {
                // After a message the rest has not been looked at: the next read returns at once.
                input.AdvanceTo(consumed, consumed.Equals(buffer.Start) ? buffer.End : consumed);
            }
        }
    }

    private static RpcException Failure(StatusCode code, string detail, Exception? cause = null) => new(new Status(code, detail, cause));

    private bool TryTake(ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        Span<byte> header = stackalloc byte[MessageWriter.HeaderSize];
        if (buffer.Length < header.Length)
        {
            return false;
        }

        buffer.Slice(0, header.Length).CopyTo(header);
        if (header[0] != 0)
        {
            throw Failure(StatusCode.Internal, "the message is compressed, and no compression was agreed on");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)(limit ?? int.MaxValue))
        {
            throw Failure(StatusCode.ResourceExhausted, $"Received message exceeds the maximum configured message size: {length} bytes, and {limit} are allowed.");
        }

        if (buffer.Length - header.Length < length)
        {
            return false;
        }

        payload = buffer.Slice(header.Length, length);
        return true;
    }

    private T Deserialize(ReadOnlySequence<byte> payload)
    {
        try
        {
            return marshaller.ContextualDeserializer(new Payload(payload));
        }
#pragma warning disable CA1031 // Whatever a parser throws, the message is what is wrong.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw Failure(StatusCode.Internal, $"the message cannot be read: {e.Message}", e);
        }
    }

    private sealed class Payload(ReadOnlySequence<byte> bytes) : DeserializationContext
    {
        public override int PayloadLength => (int)bytes.Length;

        public override byte[] PayloadAsNewBuffer() => bytes.ToArray();

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => bytes;
    }
}
