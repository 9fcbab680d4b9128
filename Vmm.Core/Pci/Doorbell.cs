using Vmm.Core.Interop;

namespace Vmm.Core.Pci;

/// <summary>
/// A register that a guest writes only to be heard: any write rings, whatever its value. Where the machine can, the host's kernel takes such writes and no exit
/// is made; where it cannot, the write comes as any other and the function rings by itself.
/// </summary>
/// <remarks>Several rings before somebody waits are one.</remarks>
public sealed class Doorbell : IDisposable
{
    private readonly EventFd _event = EventFd.Create();

    /// <summary>Makes one.</summary>
    /// <param name="bar">The BAR that it lies in; of memory.</param>
    /// <param name="offset">Where in the BAR.</param>
    /// <param name="size">Width of the writes in bytes.</param>
    /// <exception cref="IOException">The host has no more eventfds.</exception>
    public Doorbell(int bar, ulong offset, int size) => (Bar, Offset, Size) = (bar, offset, size);

    /// <summary>The BAR that it lies in.</summary>
    public int Bar { get; }

    /// <summary>Where in the BAR.</summary>
    public ulong Offset { get; }

    /// <summary>Width of the writes in bytes.</summary>
    public int Size { get; }

    internal int Descriptor => _event.Descriptor;

    /// <summary>Rings. Any thread, allocates nothing; after the bell's end it does nothing.</summary>
    public void Ring() => _event.Raise();

    /// <summary>Waits for a ring; one that came before counts.</summary>
    public void Wait() => _event.Wait();

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
