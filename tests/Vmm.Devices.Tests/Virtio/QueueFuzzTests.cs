using Vmm.Core.Memory;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Virtio;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>
/// 200,000 chains of a driver that writes whatever it likes into its queue: none makes a ring throw, allocate, run on or name memory that the
/// device must not reach.
/// </summary>
public sealed class QueueFuzzTests
{
    private const int Chains = 200_000, WarmUp = 5_000, MemorySize = 0x4_0000;
    private const ulong Descriptors = 0x1000, Driver = 0x2000, Device = 0x3000, PrivatePage = 0x8000;
    private const int Sizes = 5;

    public static MatrixTheoryData<bool, int> FormatsAndSeeds { get; } = new([false, true], [1, 2]);

    [Theory]
    [MemberData(nameof(FormatsAndSeeds))]
    public void Ring_HostileDriver_NeitherThrowsNorAllocatesNorLeavesMemory(bool packed, int seed)
    {
        Fuzz fuzz = new(packed, seed);
        fuzz.Run(WarmUp);
        long before = GC.GetAllocatedBytesForCurrentThread();
        fuzz.Run(Chains);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.True(fuzz.Popped > Chains / 100, $"only {fuzz.Popped} chains were right: the driver is too wild to test anything");
        Assert.True(fuzz.Faults > Chains / 100, $"only {fuzz.Faults} faults: the driver is too tame");
    }

    private sealed class Fuzz
    {
        private readonly FakeMemory _memory = new(MemorySize);
        private readonly Random _random;
        private readonly bool _packed;
        private readonly Ring _ring;
        private readonly DescriptorChain _chain;
        private readonly byte[] _scratch = new byte[256];

        public Fuzz(bool packed, int seed)
        {
            (_packed, _random) = (packed, new Random(seed));
            _ring = packed ? new PackedRing(_memory) : new SplitRing(_memory);
            _chain = new DescriptorChain(_memory, 1 << Sizes);
            _memory.SetPrivate(PrivatePage);
            Restart();
        }

        public int Popped { get; private set; }

        public int Faults { get; private set; }

        public void Run(int chains)
        {
            for (int i = 0; i < chains; i++)
            {
                Disturb();
                Serve();
            }
        }

        private void Serve()
        {
            _ring.SuppressNotifications();
            for (int i = 0; i < 4 && _ring.TryPop(_chain); i++)
            {
                Popped++;
                CheckChain();
                _ring.Push(_chain, (uint)_random.Next());
                _ring.NeedsInterrupt();
            }

            _ring.ResumeNotifications();
            if (_ring.Fault != QueueFault.None)
            {
                Faults++;
                Restart();
            }
        }

        private void CheckChain()
        {
            ulong length = 0;
            foreach (GuestSegment segment in _chain.Readable)
            {
                Check(segment);
                length += (ulong)segment.Length;
            }

            foreach (GuestSegment segment in _chain.Writable)
            {
                Check(segment);
                length += (ulong)segment.Length;
            }

            if (length != (ulong)_chain.ReadableLength + _chain.WritableLength || length == 0)
            {
                throw new InvalidOperationException("lengths do not add up");
            }

            _chain.TryRead((uint)_random.Next(512), _scratch.AsSpan(0, _random.Next(_scratch.Length)));
            _chain.TryWrite((uint)_random.Next(512), _scratch.AsSpan(0, _random.Next(16)));
        }

        private void Check(GuestSegment segment)
        {
            if (segment.Length == 0 || !_memory.TryGetSpan(segment.Gpa, segment.Length, out _))
            {
                throw new InvalidOperationException("a segment that the device must not reach");
            }
        }

        // Mostly sensible values in random places, for pure noise is refused at the first look.
        private void Disturb()
        {
            int descriptors = 1 + _random.Next(8);
            for (int i = 0; i < descriptors; i++)
            {
                WriteDescriptor((ulong)_random.Next(8) switch { 0 => 0x10, 1 => 0x20, _ => 0 }, _random.Next(1 << Sizes));
            }

            if (!_packed)
            {
                ushort index = _memory.Read16(Driver + 2);
                _memory.Write16(Driver + 4 + (2UL * (ulong)_random.Next(1 << Sizes)), _random.Next(20) == 0 ? _random.Next(0x10000) : _random.Next(1 << Sizes));
                _memory.Write16(Driver + 2, index + (_random.Next(50) == 0 ? _random.Next(0x10000) : _random.Next(3)));
                _memory.Write16(Driver, _random.Next(2));
            }

            _memory.Write32(Driver + (_packed ? 0UL : 4 + (2UL << Sizes)), (uint)_random.Next());
        }

        private void WriteDescriptor(ulong page, int index)
        {
            ulong at = Descriptors + (page << 12) + (16UL * (ulong)index);
            int flags = _random.Next(10) switch
            {
                < 4 => 0,
                < 6 => 1,
                < 8 => 2,
                8 => 4,
                _ => _random.Next(8),
            };
            bool isIndirect = (flags & 4) != 0;
            ulong address = isIndirect
                ? Descriptors + ((ulong)_random.Next(1, 3) << 16)
                : _random.Next(30) switch { 0 => (ulong)_random.NextInt64(), 1 => PrivatePage, 2 => MemorySize - 1, _ => 0x1_0000 + (ulong)_random.Next(0x1000) };
            uint length = _random.Next(30) switch
            {
                0 => (uint)_random.NextInt64(1L << 32),
                1 => 0,
                _ => isIndirect ? 16 * (uint)_random.Next(1, 40) : (uint)_random.Next(1, 300),
            };
            _memory.Write64(at, address);
            _memory.Write32(at + 8, length);
            _memory.Write16(at + 12, _packed ? _random.Next(0x10000) : flags);
            _memory.Write16(at + 14, _packed ? flags | (_random.Next(2) == 0 ? 0x80 : 0x8000) : _random.Next(40) == 0 ? _random.Next(0x10000) : _random.Next(1 << Sizes));
        }

        private void Restart()
        {
            _memory.Bytes.Slice((int)Driver, 0x2000).Clear();
            VirtioFeatures features = (_random.Next(4) == 0 ? 0 : VirtioFeatures.IndirectDescriptors) | (_random.Next(2) == 0 ? 0 : VirtioFeatures.EventIndex);
            _ring.Start(1 << Sizes, new RingAddresses(Descriptors, Driver, Device), features);
        }
    }
}
