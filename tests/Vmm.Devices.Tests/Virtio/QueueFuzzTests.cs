using Vmm.Core.Memory;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>
/// Chains of a driver that writes whatever it likes into its queue: none makes a ring throw, allocate, run on or name memory that the
/// device must not reach.
/// </summary>
public sealed class QueueFuzzTests
{
    private const int WarmUp = 5_000;
    private const int AllocationLimit = 64 * 1024; // each collection, of whatever else the process does, rounds up

    private static readonly int Chains = FuzzCounts.Chains;

    public static MatrixTheoryData<bool, int> FormatsAndSeeds { get; } = new([false, true], [1, 2]);

    [Theory]
    [MemberData(nameof(FormatsAndSeeds))]
    public void Ring_HostileDriver_NeitherThrowsNorAllocatesNorLeavesMemory(bool packed, int seed)
    {
        Fuzz fuzz = new(packed, seed);
        fuzz.Run(WarmUp);
        long before = GC.GetAllocatedBytesForCurrentThread();
        fuzz.Run(Chains);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationLimit);
        Assert.True(fuzz.Popped > Chains / 100, $"only {fuzz.Popped} chains were right: the driver is too wild to test anything");
        Assert.True(fuzz.Faults > Chains / 100, $"only {fuzz.Faults} faults: the driver is too tame");
    }

    private sealed class Fuzz
    {
        private readonly FakeMemory _memory = new(HostileDriver.MemorySize);
        private readonly HostileDriver _driver;
        private readonly Random _random;
        private readonly Ring _ring;
        private readonly DescriptorChain _chain;
        private readonly byte[] _scratch = new byte[256];

        public Fuzz(bool packed, int seed)
        {
            _random = new Random(seed);
            _driver = new HostileDriver(_memory, packed, _random);
            _ring = packed ? new PackedRing(_memory) : new SplitRing(_memory);
            _chain = new DescriptorChain(_memory, HostileDriver.QueueSize);
            Restart();
        }

        public int Popped { get; private set; }

        public int Faults { get; private set; }

        public void Run(int chains)
        {
            for (int i = 0; i < chains; i++)
            {
                _driver.Disturb();
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
                _ring.Push(_chain.Ticket, (uint)_random.Next());
                _ring.Publish();
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

        private void Restart()
        {
            _driver.Clear();
            VirtioFeatures features = (_random.Next(4) == 0 ? 0 : VirtioFeatures.IndirectDescriptors) | (_random.Next(2) == 0 ? 0 : VirtioFeatures.EventIndex);
            _ring.Start(HostileDriver.QueueSize, new RingAddresses(HostileDriver.Descriptors, HostileDriver.Driver, HostileDriver.Device), features);
        }
    }
}
