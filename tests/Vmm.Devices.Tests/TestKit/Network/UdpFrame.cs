using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace Vmm.Devices.Tests.TestKit.Network;

/// <summary>An Ethernet frame with a UDP datagram over IPv4, from the guest to the host of a <see cref="TapNetwork"/>, or the other way.</summary>
internal static class UdpFrame
{
    public const int IpOffset = 14, UdpOffset = 34, ChecksumOffset = 6, PayloadOffset = 42;

    /// <summary>Makes a frame from the guest.</summary>
    /// <param name="port">The port of the host.</param>
    /// <param name="payload">The datagram.</param>
    /// <param name="whole">Whether the checksum is right; else it is only that of the addresses, as a driver leaves it to the device.</param>
    public static byte[] FromGuest(int port, byte[] payload, bool whole = true)
    {
        byte[] frame = new byte[PayloadOffset + payload.Length];
        Span<byte> ip = frame.AsSpan(IpOffset), udp = frame.AsSpan(UdpOffset);
        frame.AsSpan(0, 6).Fill(0xFF); // whoever is there
        PhysicalAddress.Parse(TapNetwork.GuestMac).GetAddressBytes().CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);

        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(frame.Length - IpOffset));
        ip[8] = 64;
        ip[9] = 17;
        IPAddress.Parse(TapNetwork.GuestAddress).GetAddressBytes().CopyTo(ip[12..]);
        IPAddress.Parse(TapNetwork.HostAddress).GetAddressBytes().CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~Sum(ip[..20]));

        BinaryPrimitives.WriteUInt16BigEndian(udp, 1000);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(frame, PayloadOffset);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], whole ? (ushort)~Sum(udp, Addresses(frame)) : (ushort)Sum([], Addresses(frame)));
        return frame;
    }

    /// <summary>Whether a frame has the checksum that it should.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> frame) => Sum(frame[UdpOffset..], Addresses(frame)) == 0xFFFF;

    // The pseudo header of RFC 768.
    private static uint Addresses(ReadOnlySpan<byte> frame) => Sum(frame.Slice(IpOffset + 12, 8), 17 + (uint)(frame.Length - UdpOffset));

    private static uint Sum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8) + (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }
}
