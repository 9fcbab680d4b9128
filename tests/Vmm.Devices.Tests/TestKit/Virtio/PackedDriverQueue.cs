namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>virtio 1.2, 2.8.</summary>
internal sealed class PackedDriverQueue(FakeMemory memory, ulong address, int size, bool eventIndex) : DriverQueue(memory, address, size, eventIndex)
{
    private const int AvailableFlag = 1 << 7, UsedFlag = 1 << 15;

    private readonly Stack<ushort> _free = new(Enumerable.Range(0, size).Reverse().Select(i => (ushort)i));
    private readonly Dictionary<ushort, int> _slots = [];
    private int _next;
    private bool _wrap = true;
    private int _added;
    private int _used;
    private bool _usedWrap = true;

    public override ushort Add(params ReadOnlySpan<DriverBuffer> buffers)
    {
        ushort id = _free.Pop();
        int head = _next;
        bool headWrap = _wrap;
        int headFlags = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            int flags = (buffers[i].Write ? WriteFlag : 0) | (i == buffers.Length - 1 ? 0 : NextFlag) | Flags(_wrap);
            headFlags = i == 0 ? flags : headFlags;

            // The head is published last.
            WriteDescriptor(Descriptors + (16UL * (ulong)_next), buffers[i], id, i == 0 ? Flags(!headWrap) : flags);
            Advance(ref _next, ref _wrap, 1);
        }

        Publish(id, head, headFlags, buffers.Length);
        return id;
    }

    public override ushort AddIndirect(ulong table, params ReadOnlySpan<DriverBuffer> buffers)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            WriteDescriptor(table + (16UL * (ulong)i), buffers[i], 0, buffers[i].Write ? WriteFlag : 0);
        }

        ushort id = _free.Pop();
        int head = _next;
        int flags = IndirectFlag | Flags(_wrap);
        WriteDescriptor(Descriptors + (16UL * (ulong)head), new DriverBuffer(table, (uint)(16 * buffers.Length)), id, Flags(!_wrap));
        Advance(ref _next, ref _wrap, 1);
        Publish(id, head, flags, slots: 1);
        return id;
    }

    /// <summary>Writes any descriptor at the next place; it is available at once.</summary>
    public void AddRaw(ulong target, uint length, int flags, int id = 0)
    {
        WriteDescriptor(Descriptors + (16UL * (ulong)_next), new DriverBuffer(target, length), id, flags | Flags(_wrap));
        Advance(ref _next, ref _wrap, 1);
    }

    public override bool TryTake(out ushort id, out uint length)
    {
        (id, length) = (0, 0);
        ulong at = Descriptors + (16UL * (ulong)_used);
        int flags = Memory.Read16(at + 14) & (AvailableFlag | UsedFlag);
        if (flags != (_usedWrap ? AvailableFlag | UsedFlag : 0))
        {
            return false;
        }

        id = Memory.Read16(at + 12);
        length = Memory.Read32(at + 8);
        _slots.Remove(id, out int slots);
        Advance(ref _used, ref _usedWrap, slots);
        _free.Push(id);
        if (EventIndex)
        {
            SetInterrupts(wanted: true);
        }

        return true;
    }

    public override bool NeedsKick()
    {
        int added = _added;
        _added = 0;
        Interlocked.MemoryBarrier();
        int offset = Memory.Read16(Device) & 0x7FFF;
        bool wrap = Memory.Read16(Device) >> 15 != 0;
        offset = wrap == _wrap ? offset : offset - Size;
        return Memory.Read16(Device + 2) switch
        {
            0 => true,
            2 => (ushort)(_next - offset - 1) < (ushort)added,
            _ => false,
        };
    }

    public override void SetInterrupts(bool wanted)
    {
        Memory.Write16(Driver, _used | (_usedWrap ? 1 << 15 : 0));
        Memory.Write16(Driver + 2, !wanted ? 1 : EventIndex ? 2 : 0);
    }

    private static int Flags(bool wrap) => wrap ? AvailableFlag : UsedFlag;

    private void Publish(ushort id, int head, int flags, int slots)
    {
        _slots[id] = slots;
        _added += slots;
        Interlocked.MemoryBarrier();
        Memory.Write16(Descriptors + (16UL * (ulong)head) + 14, flags);
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
}
