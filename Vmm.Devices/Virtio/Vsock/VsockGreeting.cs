using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Vmm.Core.Sockets;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>The line with which a client of the host says which port of the guest it wants: <c>CONNECT PORT</c>, as far as it has come.</summary>
internal struct VsockGreeting
{
    private const int LongestLine = 32;

    private Line _line;
    private int _length;

    /// <summary>What has come of it.</summary>
    public enum Outcome
    {
        /// <summary>There is more to come.</summary>
        Incomplete,

        /// <summary>It names a port.</summary>
        Complete,

        /// <summary>It is none, or the client is gone.</summary>
        Wrong,
    }

    /// <summary>Reads on, and nothing of what is behind the line.</summary>
    public Outcome Read(StreamSocket socket, out uint port)
    {
        port = 0;
        Span<byte> line = _line;
        while (_length < LongestLine)
        {
            switch (socket.Receive(line.Slice(_length, 1)))
            {
                case StreamSocket.WouldBlock:
                    return Outcome.Incomplete;
                case 1 when line[_length] == '\n':
                    return TryParse(line[.._length], out port) ? Outcome.Complete : Outcome.Wrong;
                case 1:
                    _length++;
                    break;
                default:
                    return Outcome.Wrong;
            }
        }

        return Outcome.Wrong;
    }

    /// <summary>Writes the answer that the guest has accepted: <c>OK PORT</c>, with the port that the client has now.</summary>
    /// <returns>The line.</returns>
    public static ReadOnlySpan<byte> Answer(uint port, Span<byte> buffer)
    {
        ReadOnlySpan<byte> word = "OK "u8;
        word.CopyTo(buffer);
        Utf8Formatter.TryFormat(port, buffer[word.Length..], out int digits);
        int length = word.Length + digits;
        buffer[length] = (byte)'\n';
        return buffer[..(length + 1)];
    }

    private static bool TryParse(ReadOnlySpan<byte> line, out uint port)
    {
        port = 0;
        ReadOnlySpan<byte> word = "CONNECT "u8;
        return line.StartsWith(word) && Utf8Parser.TryParse(line[word.Length..], out port, out int used) && used == line.Length - word.Length;
    }

    [InlineArray(LongestLine)]
    private struct Line
    {
        private byte _first;
    }
}
