using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vmm.Core.Interop;
using Vmm.Core.Memory;

namespace Vmm.Core.Network;

/// <summary>Puts frames into a stream, from guest memory in one system call each. What the stream did not take of one is kept and goes first.</summary>
internal sealed class FrameWriter
{
    private readonly VectorList _vectors = new();
    private readonly byte[] _prefix = GC.AllocateArray<byte>(FrameReader.PrefixSize, pinned: true);
    private readonly byte[] _kept = new byte[FrameReader.PrefixSize + FrameReader.MaximumFrame];
    private int _keptStart;
    private int _keptEnd;

    /// <summary>Starts with a new stream.</summary>
    public void Clear() => _keptStart = _keptEnd = 0;

    /// <summary>Sends what was kept.</summary>
    public PacketStatus Flush(int file)
    {
        while (_keptStart < _keptEnd)
        {
            long sent = Libc.Write(file, _kept.AsSpan(_keptStart.._keptEnd));
            if (sent < 0)
            {
                return StatusOf(-Marshal.GetLastPInvokeError());
            }

            _keptStart += (int)sent;
        }

        return PacketStatus.Done;
    }

    /// <summary>Sends a packet's frame.</summary>
    /// <param name="file">The stream, which does not wait.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="packet">The packet, with its header.</param>
    public PacketStatus Send(int file, IDeviceMemory memory, ReadOnlySpan<GuestSegment> packet)
    {
        if (Flush(file) is var status and not PacketStatus.Done)
        {
            return status;
        }

        _vectors.Clear();
        if (!_vectors.TryAddPinned(_prefix) || !_vectors.TryAdd(memory, packet, (uint)PacketHeader.Size))
        {
            return PacketStatus.ForbiddenMemory;
        }

        ulong length = _vectors.Length - FrameReader.PrefixSize;
        if (length < FrameReader.MinimumFrame || length > (ulong)FrameReader.MaximumFrame)
        {
            return PacketStatus.Refused;
        }

        BinaryPrimitives.WriteUInt32BigEndian(_prefix, (uint)length);
        long sent = _vectors.Write(file);
        if (sent < 0)
        {
            return StatusOf(sent);
        }

        Keep(memory, packet, (int)length, (int)sent);
        return PacketStatus.Done;
    }

    // A stream that was given a part of a frame must get the rest, whatever the guest does with its memory meanwhile.
    private void Keep(IDeviceMemory memory, ReadOnlySpan<GuestSegment> packet, int length, int sent)
    {
        _keptStart = sent;
        _keptEnd = FrameReader.PrefixSize + length;
        if (_keptStart == _keptEnd)
        {
            return;
        }

        _prefix.CopyTo(_kept, 0);
        int skipped = Math.Max(sent - FrameReader.PrefixSize, 0);
        Span<byte> rest = _kept.AsSpan((FrameReader.PrefixSize + skipped).._keptEnd);
        if (!memory.TryRead(packet, (uint)(PacketHeader.Size + skipped), rest))
        {
            rest.Clear();
        }
    }

    private static PacketStatus StatusOf(long result) => result is -Libc.EAGAIN or -Libc.EINTR ? PacketStatus.NotReady : PacketStatus.Disconnected;
}
