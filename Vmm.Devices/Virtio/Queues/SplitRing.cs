using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>A split queue (virtio 1.2, 2.7): a table of descriptors, a ring of available ones and a ring of used ones.</summary>
/// <param name="memory">Guest memory.</param>
internal sealed class SplitRing(IDeviceMemory memory) : Ring(memory)
{
    // Both rings start with flags and index; the field for the event index is behind the elements.
    private const int FlagsOffset = 0;
    private const int IndexOffset = sizeof(ushort);
    private const int ElementsOffset = 2 * sizeof(ushort);

    // 2.7, table of alignments.
    private const ulong DescriptorAlignment = 16;
    private const ulong DriverAlignment = 2;
    private const ulong DeviceAlignment = 4;

    private const ushort NoInterrupt = 1; // 2.7.6, in the available ring
    private const ushort NoNotify = 1; // 2.7.8, in the used ring

    private ushort _nextAvailable;
    private ushort _nextUsed;
    private ushort _signalledUsed;

    /// <inheritdoc/>
    protected override bool IsLayoutRight =>
        BitOperations.IsPow2(Size)
        && At.Descriptors % DescriptorAlignment == 0
        && At.Driver % DriverAlignment == 0
        && At.Device % DeviceAlignment == 0;

    private int DescriptorsSize => Size * Unsafe.SizeOf<SplitDescriptor>();

    private int UsedEventOffset => ElementsOffset + (Size * sizeof(ushort));

    private int AvailableEventOffset => ElementsOffset + (Size * Unsafe.SizeOf<UsedElement>());

    private int AvailableSize => UsedEventOffset + sizeof(ushort);

    private int UsedSize => AvailableEventOffset + sizeof(ushort);

    /// <inheritdoc/>
    public override bool TryPop(DescriptorChain chain)
    {
        if (!TryGet(At.Driver, AvailableSize, out Span<byte> available))
        {
            return false;
        }

        // Acquire: the elements and the descriptors are read after the index that publishes them.
        var waiting = (ushort)(Volatile.Read(ref Word(available, IndexOffset)) - _nextAvailable);
        if (waiting == 0)
        {
            return false;
        }

        if (waiting > Size)
        {
            return Fail(QueueFault.BadAvailableIndex);
        }

        ushort head = Word(available, ElementsOffset + ((_nextAvailable & (Size - 1)) * sizeof(ushort)));
        if (!TryGet(At.Descriptors, DescriptorsSize, out Span<byte> table))
        {
            return false;
        }

        if (head >= Size)
        {
            return Fail(QueueFault.BadDescriptorIndex);
        }

        chain.Start(head, slots: 1);
        _nextAvailable++;
        return Walk(MemoryMarshal.Cast<byte, SplitDescriptor>(table), head, isIndirect: false, chain);
    }

    /// <inheritdoc/>
    public override void Push(ChainTicket chain, uint written)
    {
        if (TryGet(At.Device, UsedSize, out Span<byte> used))
        {
            int offset = ElementsOffset + ((_nextUsed & (Size - 1)) * Unsafe.SizeOf<UsedElement>());
            MemoryMarshal.Write(used[offset..], new UsedElement { Id = chain.Id, Length = written });
            _nextUsed++;
        }
    }

    /// <inheritdoc/>
    public override void Publish()
    {
        if (TryGet(At.Device, UsedSize, out Span<byte> used))
        {
            Volatile.Write(ref Word(used, IndexOffset), _nextUsed);
        }
    }

    /// <inheritdoc/>
    public override bool NeedsInterrupt()
    {
        ushort before = _signalledUsed;
        _signalledUsed = _nextUsed;
        if (before == _nextUsed || !TryGet(At.Driver, AvailableSize, out Span<byte> available))
        {
            return false;
        }

        // The index must be visible before the driver's wish is read, as the driver does it the other way round (2.7.7.2).
        Interlocked.MemoryBarrier();
        return HasEventIndex
            ? IsPassed(Volatile.Read(ref Word(available, UsedEventOffset)), _nextUsed, before)
            : (Volatile.Read(ref Word(available, FlagsOffset)) & NoInterrupt) == 0;
    }

    /// <inheritdoc/>
    public override void SuppressNotifications()
    {
        // With event indexes the flags must be 0 (2.7.10.2), and a stale index suppresses well enough.
        if (!HasEventIndex && TryGet(At.Device, UsedSize, out Span<byte> used))
        {
            Volatile.Write(ref Word(used, FlagsOffset), NoNotify);
        }
    }

    /// <inheritdoc/>
    public override bool ResumeNotifications()
    {
        if (!TryGet(At.Device, UsedSize, out Span<byte> used) || !TryGet(At.Driver, AvailableSize, out Span<byte> available))
        {
            return false;
        }

        if (HasEventIndex)
        {
            Volatile.Write(ref Word(used, AvailableEventOffset), _nextAvailable);
        }
        else
        {
            Volatile.Write(ref Word(used, FlagsOffset), (ushort)0);
        }

        Interlocked.MemoryBarrier();
        return Volatile.Read(ref Word(available, IndexOffset)) != _nextAvailable;
    }

    /// <inheritdoc/>
    protected override void Restart() => _nextAvailable = _nextUsed = _signalledUsed = 0;

    private bool Walk(ReadOnlySpan<SplitDescriptor> table, int index, bool isIndirect, DescriptorChain chain)
    {
        for (int seen = 0; seen < table.Length; seen++)
        {
            SplitDescriptor descriptor = table[index];
            if ((descriptor.Flags & DescriptorFlags.Indirect) != 0)
            {
                // 2.7.5.3.2: direct descriptors may come before one that names a table; tables do not name tables.
                return isIndirect
                    ? Fail(QueueFault.BadIndirectTable)
                    : TryGetIndirect(descriptor.Flags, descriptor.Address, descriptor.Length, chain.Capacity, out ReadOnlySpan<SplitDescriptor> indirect)
                        && Walk(indirect, 0, isIndirect: true, chain);
            }

            if (!Add(chain, descriptor.Address, descriptor.Length, descriptor.Flags))
            {
                return false;
            }

            if ((descriptor.Flags & DescriptorFlags.Next) == 0)
            {
                return true;
            }

            index = descriptor.Next;
            if (index >= table.Length)
            {
                return Fail(QueueFault.BadDescriptorIndex);
            }
        }

        return Fail(QueueFault.ChainTooLong);
    }
}
