using System.ComponentModel.DataAnnotations;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>Options of <see cref="VirtioVsock"/>.</summary>
public sealed record VirtioVsockOptions
{
    /// <summary>Context id of the guest: from 3 to 4294967294.</summary>
    [Range(VirtioVsock.FirstGuestCid, VirtioVsock.LastGuestCid)]
    public uint Cid { get; init; } = (uint)VirtioVsock.FirstGuestCid;

    /// <summary>
    /// The unix socket that leads into the guest: a client that says "CONNECT PORT" is connected with that port. What the guest connects to at a port
    /// of the host goes to the unix socket of this name with "_PORT" behind it.
    /// </summary>
    [Required]
    public FileInfo? Socket { get; init; }

    /// <summary>The most connections at a time; what is beyond is refused.</summary>
    [Range(1, 16384)]
    public int Connections { get; init; } = 1024;

    /// <summary>Bytes of a connection that the guest may have sent and the host not taken: a power of two from 4096 to 4194304.</summary>
    [Range(4096, 1 << 22)]
    public int BufferSize { get; init; } = 128 * 1024;
}
