using Vmm.Core.Memory;

namespace Vmm.Core.Network;

/// <summary>
/// Where one pair of queues sends packets to and receives them from. A packet is a <see cref="PacketHeader"/> and an Ethernet frame without its checksum.
/// </summary>
/// <remarks>One thread sends while another one receives. Nothing here waits, throws or allocates, whatever the guest puts into its packets.</remarks>
public interface IPacketPort
{
    /// <summary>The most bytes of a packet.</summary>
    const int MaximumLength = ushort.MaxValue + 32; // a frame with an IP packet of 64 KiB, its Ethernet header with tags, and the header before it

    /// <summary>The descriptor to wait for until the port is ready; negative when there is none.</summary>
    int Descriptor { get; }

    /// <summary>Sends a packet.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="packet">Where it is, at least a header's bytes.</param>
    PacketStatus TrySend(IDeviceMemory memory, ReadOnlySpan<GuestSegment> packet);

    /// <summary>Sends what is left of packets that were sent in part.</summary>
    /// <returns>False when something is left still: try again when the port is ready.</returns>
    bool TryFlush();

    /// <summary>Receives a packet. What <see cref="Rest"/> has of the one before is lost.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="room">Where it goes, as far as it fits; at least a header's bytes.</param>
    /// <param name="length">Its length, which may be more than there was room for.</param>
    PacketStatus TryReceive(IDeviceMemory memory, ReadOnlySpan<GuestSegment> room, out int length);

    /// <summary>What did not fit of the packet that was received last.</summary>
    ReadOnlySpan<byte> Rest { get; }
}
