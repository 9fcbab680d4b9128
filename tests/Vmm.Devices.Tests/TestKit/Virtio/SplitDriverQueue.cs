namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>virtio 1.2, 2.7.</summary>
internal sealed class SplitDriverQueue(FakeMemory memory, ulong address, int size, bool eventIndex) : DriverQueue(memory, address, size, eventIndex)
{
    private readonly Stack<ushort> _free = new(Enumerable.Range(0, size).Reverse().Select(i => (ushort)i));
    private readonly Dictionary<ushort, ushort[]> _chains = [];
    private ushort _available;
    private ushort _kicked;
    private ushort _used;

    public ushort AvailableIndex => _available;

    public override ushort Add(params ReadOnlySpan<DriverBuffer> buffers)
    {
        ushort[] chain = [.. Enumerable.Range(0, buffers.Length).Select(_ => _free.Pop())];
        for (int i = 0; i < chain.Length; i++)
        {
            bool last = i == chain.Length - 1;
            WriteDescriptor(
                Descriptors + (16UL * chain[i]), buffers[i], (buffers[i].Write ? WriteFlag : 0) | (last ? 0 : NextFlag), last ? 0 : chain[i + 1]);
        }

        return Publish(chain);
    }

    public override ushort AddIndirect(ulong table, params ReadOnlySpan<DriverBuffer> buffers)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            bool last = i == buffers.Length - 1;
            WriteDescriptor(table + (16UL * (ulong)i), buffers[i], (buffers[i].Write ? WriteFlag : 0) | (last ? 0 : NextFlag), last ? 0 : i + 1);
        }

        ushort head = _free.Pop();
        WriteDescriptor(Descriptors + (16UL * head), new DriverBuffer(table, (uint)(16 * buffers.Length)), IndirectFlag, 0);
        return Publish([head]);
    }

    /// <summary>Makes any head available, or moves the index by any step.</summary>
    public void AddHead(int head, int step = 1)
    {
        Memory.Write16(Driver + 4 + (2UL * (ulong)(_available % Size)), head);
        _available += (ushort)step;
        Memory.Write16(Driver + 2, _available);
    }

    /// <summary>Writes any descriptor.</summary>
    public void WriteRaw(int index, ulong target, uint length, int flags, int next) =>
        WriteDescriptor(Descriptors + (16UL * (ulong)index), new DriverBuffer(target, length), flags, next);

    public override bool TryTake(out ushort id, out uint length)
    {
        (id, length) = (0, 0);
        if (Memory.Read16(Device + 2) == _used)
        {
            return false;
        }

        ulong element = Device + 4 + (8UL * (ulong)(_used % Size));
        id = (ushort)Memory.Read32(element);
        length = Memory.Read32(element + 4);
        _used++;
        if (EventIndex)
        {
            SetInterrupts(wanted: true);
        }

        _chains.Remove(id, out ushort[]? chain);
        Array.ForEach(chain!, _free.Push);
        return true;
    }

    public override bool NeedsKick()
    {
        ushort before = _kicked;
        _kicked = _available;
        Interlocked.MemoryBarrier();
        return EventIndex
            ? (ushort)(_available - Memory.Read16(Device + 4 + (8UL * (ulong)Size)) - 1) < (ushort)(_available - before)
            : (Memory.Read16(Device) & 1) == 0;
    }

    public override void SetInterrupts(bool wanted)
    {
        if (EventIndex)
        {
            Memory.Write16(Driver + 4 + (2UL * (ulong)Size), wanted ? _used : _used - 1);
        }
        else
        {
            Memory.Write16(Driver, wanted ? 0 : 1);
        }
    }

    private ushort Publish(ushort[] chain)
    {
        _chains[chain[0]] = chain;
        Memory.Write16(Driver + 4 + (2UL * (ulong)(_available % Size)), chain[0]);
        Interlocked.MemoryBarrier();
        _available++;
        Memory.Write16(Driver + 2, _available);
        return chain[0];
    }
}
