using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>A packed queue (virtio 1.2, 2.8): one ring of descriptors that both sides write, and a wrap counter for each side.</summary>
/// <param name="memory">Guest memory.</param>
internal sealed class PackedRing(IDeviceMemory memory) : Ring(memory)
{
    private const int MaximumSize = 1 << 15; // 2.8.10.1
    private const int FlagsOffset = 14;
    private const int NothingUnpublished = -1;

    // 2.8, table of alignments.
    private const ulong DescriptorAlignment = 16;
    private const ulong EventAlignment = 4;

    private int _nextAvailable;
    private bool _availableWrap;
    private int _nextUsed;
    private bool _usedWrap;
    private int _unpublished; // the driver looks at descriptors in order: as long as the first one's flags are held back, it sees none of the rest
    private DescriptorFlags _unpublishedFlags;
    private int _unsignalled; // slots given back since the driver was last asked

    /// <inheritdoc/>
    protected override bool IsLayoutRight =>
        Size is > 0 and <= MaximumSize
        && At.Descriptors % DescriptorAlignment == 0
        && At.Driver % EventAlignment == 0
        && At.Device % EventAlignment == 0;

    private int RingSize => Size * Unsafe.SizeOf<PackedDescriptor>();

    /// <inheritdoc/>
    public override bool TryPop(DescriptorChain chain)
    {
        if (!TryGet(At.Descriptors, RingSize, out Span<byte> ring) || !IsAvailable(ring))
        {
            return false;
        }

        ReadOnlySpan<PackedDescriptor> descriptors = MemoryMarshal.Cast<byte, PackedDescriptor>(ring);
        int index = _nextAvailable;
        chain.Start(id: 0, slots: 0);
        for (int slots = 1; slots <= Size; slots++)
        {
            PackedDescriptor descriptor = descriptors[index];
            index = index + 1 == Size ? 0 : index + 1;
            if (!AddDescriptor(in descriptor, chain))
            {
                return false;
            }

            if ((descriptor.Flags & DescriptorFlags.Next) == 0)
            {
                chain.End(descriptor.Id, slots); // 2.8.6: the identifier is in the last one
                Advance(ref _nextAvailable, ref _availableWrap, slots);
                return true;
            }
        }

        return Fail(QueueFault.ChainTooLong);
    }

    /// <inheritdoc/>
    public override void Push(ChainTicket chain, uint written)
    {
        if (!TryGet(At.Descriptors, RingSize, out Span<byte> ring))
        {
            return;
        }

        ref PackedDescriptor descriptor = ref MemoryMarshal.Cast<byte, PackedDescriptor>(ring)[_nextUsed];
        descriptor.Id = chain.Id;
        descriptor.Length = written;
        DescriptorFlags flags = (_usedWrap ? DescriptorFlags.Available | DescriptorFlags.Used : DescriptorFlags.None)
            | (written != 0 ? DescriptorFlags.Write : DescriptorFlags.None);
        if (_unpublished == NothingUnpublished)
        {
            (_unpublished, _unpublishedFlags) = (_nextUsed, flags);
        }
        else
        {
            Volatile.Write(ref FlagsOf(ring, _nextUsed), (ushort)flags);
        }

        Advance(ref _nextUsed, ref _usedWrap, chain.Slots);
        _unsignalled += chain.Slots;
    }

    /// <inheritdoc/>
    public override void Publish()
    {
        if (_unpublished != NothingUnpublished && TryGet(At.Descriptors, RingSize, out Span<byte> ring))
        {
            Volatile.Write(ref FlagsOf(ring, _unpublished), (ushort)_unpublishedFlags);
        }

        _unpublished = NothingUnpublished;
    }

    /// <inheritdoc/>
    public override bool NeedsInterrupt()
    {
        int added = _unsignalled;
        _unsignalled = 0;
        if (added == 0 || !TryGet(At.Driver, Unsafe.SizeOf<EventSuppression>(), out Span<byte> area))
        {
            return false;
        }

        Interlocked.MemoryBarrier();
        EventSuppression driver = MemoryMarshal.Read<EventSuppression>(area);
        if (driver.Flags != EventSuppression.AtDescriptor || !HasEventIndex)
        {
            return driver.Flags != EventSuppression.Disable;
        }

        // An offset of the other round lies one ring behind; where this round began counts as well as where it is now.
        int offset = driver.OffsetAndWrap & ((1 << EventSuppression.WrapShift) - 1);
        bool wrap = driver.OffsetAndWrap >> EventSuppression.WrapShift != 0;
        return IsPassed((ushort)(wrap == _usedWrap ? offset : offset - Size), (ushort)_nextUsed, (ushort)(_nextUsed - added));
    }

    /// <inheritdoc/>
    public override void SuppressNotifications() => WriteEvent(EventSuppression.Disable);

    /// <inheritdoc/>
    public override bool ResumeNotifications()
    {
        WriteEvent(HasEventIndex ? EventSuppression.AtDescriptor : EventSuppression.Enable);
        Interlocked.MemoryBarrier();
        return TryGet(At.Descriptors, RingSize, out Span<byte> ring) && IsAvailable(ring);
    }

    /// <inheritdoc/>
    protected override void Restart()
    {
        (_nextAvailable, _nextUsed, _unsignalled) = (0, 0, 0);
        _unpublished = NothingUnpublished;
        (_availableWrap, _usedWrap) = (true, true); // 2.8.1
    }

    private static ref ushort FlagsOf(Span<byte> ring, int index) => ref Word(ring, (index * Unsafe.SizeOf<PackedDescriptor>()) + FlagsOffset);

    // 2.8.1; acquire: the rest of the descriptor, and of the chain, is read after the flags that publish it.
    private bool IsAvailable(Span<byte> ring)
    {
        var flags = (DescriptorFlags)Volatile.Read(ref FlagsOf(ring, _nextAvailable));
        bool available = (flags & DescriptorFlags.Available) != 0;
        bool used = (flags & DescriptorFlags.Used) != 0;
        return available == _availableWrap && used != _availableWrap;
    }

    private bool AddDescriptor(in PackedDescriptor descriptor, DescriptorChain chain)
    {
        if ((descriptor.Flags & DescriptorFlags.Indirect) == 0)
        {
            return Add(chain, descriptor.Address, descriptor.Length, descriptor.Flags);
        }

        // 2.8.7: a table names a whole chain, with neither identifiers nor links, so it cannot be a part of one.
        if (!chain.IsEmpty)
        {
            return Fail(QueueFault.BadIndirectTable);
        }

        if (!TryGetIndirect(descriptor.Flags, descriptor.Address, descriptor.Length, chain.Capacity, out ReadOnlySpan<PackedDescriptor> table))
        {
            return false;
        }

        foreach (ref readonly PackedDescriptor entry in table)
        {
            PackedDescriptor copy = entry;
            if ((copy.Flags & DescriptorFlags.Indirect) != 0)
            {
                return Fail(QueueFault.BadIndirectTable);
            }

            if (!Add(chain, copy.Address, copy.Length, copy.Flags))
            {
                return false;
            }
        }

        return true;
    }

    private void Advance(ref int index, ref bool wrap, int slots)
    {
        index += slots;
        if (index >= Size)
        {
            index -= Size;
            wrap = !wrap;
        }
    }

    private void WriteEvent(ushort flags)
    {
        if (TryGet(At.Device, Unsafe.SizeOf<EventSuppression>(), out Span<byte> area))
        {
            // The position first: the flags are what makes the driver look at it.
            Word(area, 0) = (ushort)(_nextAvailable | ((_availableWrap ? 1 : 0) << EventSuppression.WrapShift));
            Volatile.Write(ref Word(area, sizeof(ushort)), flags);
        }
    }
}
