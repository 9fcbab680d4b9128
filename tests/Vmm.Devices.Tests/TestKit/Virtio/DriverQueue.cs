namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>The driver's side of a queue, written from virtio 1.2, 2.7 and 2.8 and independent of the device's.</summary>
internal abstract class DriverQueue(FakeMemory memory, ulong address, int size, bool eventIndex)
{
    protected const int NextFlag = 1, WriteFlag = 2, IndirectFlag = 4;
    protected const ulong AreaSize = 0x4000;

    public int Size { get; } = size;

    public ulong Descriptors => address;

    public ulong Driver => address + AreaSize;

    public ulong Device => address + (2 * AreaSize);

    protected FakeMemory Memory { get; } = memory;

    protected bool EventIndex { get; } = eventIndex;

    /// <summary>Makes a chain available.</summary>
    /// <returns>Its identifier.</returns>
    public abstract ushort Add(params ReadOnlySpan<DriverBuffer> buffers);

    /// <summary>Makes a chain available that is a table of indirect descriptors.</summary>
    public abstract ushort AddIndirect(ulong table, params ReadOnlySpan<DriverBuffer> buffers);

    /// <summary>Takes a chain that the device has given back.</summary>
    public abstract bool TryTake(out ushort id, out uint length);

    /// <summary>Whether the device wants to be notified of what was added last.</summary>
    public abstract bool NeedsKick();

    /// <summary>Asks for an interrupt, or for none.</summary>
    public abstract void SetInterrupts(bool wanted);

    protected void WriteDescriptor(ulong at, DriverBuffer buffer, int fourth, int fifth)
    {
        Memory.Write64(at, buffer.Address);
        Memory.Write32(at + 8, buffer.Length);
        Memory.Write16(at + 12, fourth);
        Memory.Write16(at + 14, fifth);
    }
}
