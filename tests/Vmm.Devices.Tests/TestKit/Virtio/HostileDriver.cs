namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>A driver that writes whatever it likes into a queue.</summary>
internal sealed class HostileDriver(FakeMemory memory, bool packed, Random random)
{
    public const int MemorySize = 0x4_0000, QueueSize = 32;
    public const ulong Descriptors = 0x1000, Driver = 0x2000, Device = 0x3000, PrivatePage = 0x8000;

    /// <summary>Where most buffers lie.</summary>
    public const ulong Buffers = 0x1_0000;

    public const int BuffersSize = 0x1000;

    /// <summary>Starts from empty rings.</summary>
    public void Clear()
    {
        memory.Bytes.Slice((int)Driver, 0x2000).Clear();
        memory.SetPrivate(PrivatePage);
    }

    /// <summary>
    /// Changes some descriptors, and makes something available: mostly sensible values in random places, for pure noise is refused at the first look.
    /// </summary>
    public void Disturb()
    {
        int descriptors = 1 + random.Next(8);
        for (int i = 0; i < descriptors; i++)
        {
            WriteDescriptor((ulong)random.Next(8) switch { 0 => 0x10, 1 => 0x20, _ => 0 }, random.Next(QueueSize));
        }

        if (!packed)
        {
            ushort index = memory.Read16(Driver + 2);
            memory.Write16(Driver + 4 + (2UL * (ulong)random.Next(QueueSize)), random.Next(20) == 0 ? random.Next(0x10000) : random.Next(QueueSize));
            memory.Write16(Driver + 2, index + (random.Next(50) == 0 ? random.Next(0x10000) : random.Next(3)));
            memory.Write16(Driver, random.Next(2));
        }

        memory.Write32(Driver + (packed ? 0UL : 4 + (2UL * QueueSize)), (uint)random.Next());
    }

    private void WriteDescriptor(ulong page, int index)
    {
        ulong at = Descriptors + (page << 12) + (16UL * (ulong)index);
        int flags = random.Next(10) switch
        {
            < 4 => 0,
            < 6 => 1,
            < 8 => 2,
            8 => 4,
            _ => random.Next(8),
        };
        bool isIndirect = (flags & 4) != 0;
        ulong address = isIndirect
            ? Descriptors + ((ulong)random.Next(1, 3) << 16)
            : random.Next(30) switch { 0 => (ulong)random.NextInt64(), 1 => PrivatePage, 2 => MemorySize - 1, _ => Buffers + (16UL * (ulong)random.Next(BuffersSize / 16)) };
        uint length = random.Next(30) switch
        {
            0 => (uint)random.NextInt64(1L << 32),
            1 => 0,
            _ => isIndirect ? 16 * (uint)random.Next(1, 40) : (uint)random.Next(1, 300),
        };
        memory.Write64(at, address);
        memory.Write32(at + 8, length);
        memory.Write16(at + 12, packed ? random.Next(0x10000) : flags);
        memory.Write16(at + 14, packed ? flags | (random.Next(2) == 0 ? 0x80 : 0x8000) : random.Next(40) == 0 ? random.Next(0x10000) : random.Next(QueueSize));
    }
}
