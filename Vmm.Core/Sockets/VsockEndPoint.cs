using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Vmm.Core.Sockets;

/// <summary>An address of AF_VSOCK: sockaddr_vm.</summary>
/// <param name="cid">Context id: 2 is the host, 1 this machine itself.</param>
/// <param name="port">Port.</param>
public sealed class VsockEndPoint(uint cid, uint port) : EndPoint
{
    private const int Size = 16;
    private const int PortOffset = 4;
    private const int CidOffset = 8;

    /// <summary>What the framework calls a family that it does not know: that of sockets from <see cref="VsockSocket"/>.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unknown;

    /// <inheritdoc/>
    public override SocketAddress Serialize()
    {
        SocketAddress address = new(AddressFamily.Unspecified, Size);
        Span<byte> bytes = address.Buffer.Span;
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, VsockSocket.Family);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PortOffset..], port);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CidOffset..], cid);
        return address;
    }

    /// <inheritdoc/>
    public override string ToString() => $"vsock:{cid}:{port}";
}
