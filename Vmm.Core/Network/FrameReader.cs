using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vmm.Core.Interop;

namespace Vmm.Core.Network;

/// <summary>Takes frames out of a stream: a big-endian length of 32 bits, then the frame. Many of them come with one system call.</summary>
internal sealed class FrameReader
{
    /// <summary>Size of the length before each frame.</summary>
    public const int PrefixSize = sizeof(uint);

    /// <summary>The shortest frame that there is: its addresses and type.</summary>
    public const int MinimumFrame = 14;

    private const int BufferSize = 4 * IPacketPort.MaximumLength;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private int _length;
    private bool _restarted;

    /// <summary>The frame that was taken last; until the next call.</summary>
    public ReadOnlySpan<byte> Frame => _buffer.AsSpan(_start - _length, _length);

    /// <summary>The longest frame.</summary>
    public static int MaximumFrame => IPacketPort.MaximumLength - PacketHeader.Size;

    /// <summary>Has the next call start with a new stream; until then <see cref="Frame"/> stays, for somebody may be at it.</summary>
    public void Restart() => _restarted = true;

    /// <summary>Takes the next frame.</summary>
    /// <param name="file">The stream, which does not wait.</param>
    /// <returns><see cref="PacketStatus.Disconnected"/> at the end of the stream, and when it is none of frames.</returns>
    public PacketStatus TryNext(int file)
    {
        if (_restarted)
        {
            (_start, _end, _restarted) = (0, 0, false);
        }

        _length = 0;
        while (true)
        {
            ReadOnlySpan<byte> there = _buffer.AsSpan(_start.._end);
            uint length = there.Length < PrefixSize ? 0 : BinaryPrimitives.ReadUInt32BigEndian(there);
            if (length > (uint)MaximumFrame)
            {
                return PacketStatus.Disconnected;
            }

            if (there.Length >= PrefixSize && there.Length - PrefixSize >= length)
            {
                _start += PrefixSize + (int)length;
                if (length >= MinimumFrame)
                {
                    _length = (int)length;
                    return PacketStatus.Done;
                }
            }
            else if (Fill(file) is var status and not PacketStatus.Done)
            {
                return status;
            }
        }
    }

    private PacketStatus Fill(int file)
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        long read = Libc.Read(file, _buffer.AsSpan(_end));
        if (read > 0)
        {
            _end += (int)read;
            return PacketStatus.Done;
        }

        return read < 0 && Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR ? PacketStatus.NotReady : PacketStatus.Disconnected;
    }
}
