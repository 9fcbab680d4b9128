using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Reads the requests of the control queue (virtio 1.2, 5.1.6.5).</summary>
/// <param name="device">Who carries them out.</param>
internal sealed class NetControl(VirtioNet device)
{
    private const uint CommandSize = sizeof(NetControlCommand);
    private const uint StatusSize = sizeof(NetControlStatus);

    /// <summary>Serves a request.</summary>
    /// <returns>False when it is none: it lacks a command, or room for a status.</returns>
    public bool TryServe(DescriptorChain chain)
    {
        NetControlCommand command = default;
        if (chain.WritableLength < StatusSize || !chain.TryRead(0, MemoryMarshal.AsBytes(new Span<NetControlCommand>(ref command))))
        {
            return false;
        }

        return chain.TryWrite(0, [(byte)(Serve(command, chain) ? NetControlStatus.Ok : NetControlStatus.Error)]);
    }

    private bool Serve(NetControlCommand command, DescriptorChain chain)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        int length = (int)Math.Min(chain.ReadableLength - CommandSize, sizeof(ulong) + 1);
        return length <= data.Length && chain.TryRead(CommandSize, data[..length]) && (command, length) switch
        {
            (NetControlCommand.SetMac, MacAddress.Length) => device.TrySetMac(MemoryMarshal.Read<MacAddress>(data)),
            (NetControlCommand.SetPairs, sizeof(ushort)) => device.TrySetPairs(BinaryPrimitives.ReadUInt16LittleEndian(data)),
            (NetControlCommand.SetGuestOffloads, sizeof(ulong)) => device.TrySetGuestOffloads((NetFeatures)BinaryPrimitives.ReadUInt64LittleEndian(data)),
            _ => false,
        };
    }
}
