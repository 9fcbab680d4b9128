using System.Buffers.Binary;
using Vmm.Core.Memory;
using Vmm.Devices.Virtio;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>A device that copies what it reads to where it may write, and has a word of configuration.</summary>
internal sealed class EchoDevice(IDeviceMemory memory, int queueSize = 16) : VirtioDevice("echo", VirtioDeviceType.Console, memory, 2, queueSize)
{
    public const ulong Feature = 1 << 5;

    private readonly byte[] _config = [1, 2, 3, 4, 5, 6];
    private readonly byte[] _buffer = new byte[64 * 1024];

    public ManualResetEventSlim MayServe { get; } = new(initialState: true);

    public bool Throws { get; set; }

    /// <summary>What the thread of a queue had allocated when it was served last.</summary>
    public long Allocated { get; private set; }

    public int Started { get; private set; }

    public bool SawFeature { get; private set; }

    protected override ulong DeviceFeatures => Feature;

    protected override ReadOnlySpan<byte> Config => _config;

    public void ChangeConfig(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_config, value);
        ConfigChanged();
    }

    protected internal override void WriteConfig(int offset, ReadOnlySpan<byte> data) => data[..Math.Min(data.Length, _config.Length - offset)].CopyTo(_config.AsSpan(offset));

    protected internal override void ServeQueue(Virtqueue queue)
    {
        MayServe.Wait();
        Allocated = GC.GetAllocatedBytesForCurrentThread();
        if (Throws)
        {
            throw new InvalidOperationException("broken model");
        }

        while (queue.TryPop(out DescriptorChain chain))
        {
            uint length = Math.Min(Math.Min(chain.ReadableLength, chain.WritableLength), (uint)_buffer.Length);
            Span<byte> bytes = _buffer.AsSpan(0, (int)length);
            bool ok = chain.TryRead(0, bytes) && chain.TryWrite(0, bytes);
            queue.Complete(chain, ok ? length : 0);
        }
    }

    protected override void OnStarted()
    {
        Started++;
        SawFeature = HasFeature(Feature);
    }

    protected override void Dispose(bool disposing)
    {
        MayServe.Set();
        base.Dispose(disposing);
        MayServe.Dispose();
    }
}
