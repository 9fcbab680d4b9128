using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>
/// How a queue lies in guest memory: split or packed. Every value in it may change at any moment and is read once; whatever is wrong with it ends in a
/// <see cref="Fault"/>, after which the ring does nothing until it is started again.
/// </summary>
/// <param name="memory">Guest memory.</param>
internal abstract class Ring(IDeviceMemory memory)
{
    /// <summary>Why the ring has stopped.</summary>
    public QueueFault Fault { get; private set; }

    protected int Size { get; private set; }

    protected RingAddresses At { get; private set; }

    protected bool HasEventIndex { get; private set; }

    private bool HasIndirect { get; set; }

    /// <summary>Starts at the first descriptor.</summary>
    public void Start(int size, RingAddresses at, VirtioFeatures features)
    {
        (Size, At, Fault) = (size, at, QueueFault.None);
        HasEventIndex = (features & VirtioFeatures.EventIndex) != 0;
        HasIndirect = (features & VirtioFeatures.IndirectDescriptors) != 0;
        if (IsLayoutRight)
        {
            Restart();
        }
        else
        {
            Fail(QueueFault.BadLayout);
        }
    }

    /// <summary>Takes the next chain that the driver has made available.</summary>
    /// <returns>False when there is none, or when the ring is at fault.</returns>
    public abstract bool TryPop(DescriptorChain chain);

    /// <summary>Gives a chain back to the driver, who sees it with the next <see cref="Publish"/>.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="written">Number of bytes written into it.</param>
    public abstract void Push(ChainTicket chain, uint written);

    /// <summary>Lets the driver see all that was pushed, at once.</summary>
    public abstract void Publish();

    /// <summary>Whether the driver wants an interrupt for what was published since it was last asked.</summary>
    public abstract bool NeedsInterrupt();

    /// <summary>Tells the driver that it need not notify.</summary>
    public abstract void SuppressNotifications();

    /// <summary>Tells the driver to notify again.</summary>
    /// <returns>Whether there is something to pop already.</returns>
    public abstract bool ResumeNotifications();

    /// <summary>Whether the driver has placed the ring as the specification demands.</summary>
    protected abstract bool IsLayoutRight { get; }

    /// <summary>Sets all counters to their start.</summary>
    protected abstract void Restart();

    /// <summary>2.7.10: whether an index that the other side waits for was passed on the way from one to another.</summary>
    protected static bool IsPassed(ushort awaited, ushort now, ushort before) => (ushort)(now - awaited - 1) < (ushort)(now - before);

    protected static ref ushort Word(Span<byte> area, int offset) => ref MemoryMarshal.AsRef<ushort>(area[offset..]);

    protected bool Fail(QueueFault fault)
    {
        Fault = Fault == QueueFault.None ? fault : Fault; // the first one is the reason
        return false;
    }

    /// <summary>Gets a part of the ring, or fails.</summary>
    protected bool TryGet(ulong address, int length, out Span<byte> area) => memory.TryGetSpan(address, length, out area) || Fail(QueueFault.ForbiddenMemory);

    /// <summary>Gets a table of indirect descriptors, or fails.</summary>
    protected bool TryGetIndirect<T>(DescriptorFlags flags, ulong address, uint length, int most, out ReadOnlySpan<T> table)
        where T : unmanaged
    {
        table = default;
        if (!HasIndirect || (flags & DescriptorFlags.Next) != 0 || length == 0
            || length % (uint)Unsafe.SizeOf<T>() != 0 || length / (uint)Unsafe.SizeOf<T>() > (uint)most)
        {
            return Fail(QueueFault.BadIndirectTable);
        }

        if (!TryGet(address, (int)length, out Span<byte> bytes))
        {
            return false;
        }

        table = MemoryMarshal.Cast<byte, T>(bytes);
        return true;
    }

    /// <summary>Adds a buffer to a chain, or fails.</summary>
    protected bool Add(DescriptorChain chain, ulong address, uint length, DescriptorFlags flags)
    {
        QueueFault fault = chain.Add(address, length, (flags & DescriptorFlags.Write) != 0);
        return fault == QueueFault.None || Fail(fault);
    }
}
