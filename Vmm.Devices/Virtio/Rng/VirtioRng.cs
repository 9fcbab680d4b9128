using System.Security.Cryptography;
using Vmm.Core.Buses;
using Vmm.Core.Memory;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Rng;

/// <summary>Entropy device (virtio 1.2, 5.4): random bytes of the host, up to so many a second.</summary>
[Device("virtio-rng", Summary = "virtio entropy source")]
public sealed class VirtioRng : VirtioDevice
{
    private const int RequestQueue = 0;
    private const int QueueSize = 64;
    private const uint LargestAnswer = 64 * 1024; // a chain may name gigabytes; the driver takes what it gets
    private const int ChunkSize = 256;

    private readonly RateLimit? _limit;
    private readonly ITimer _refill;

    /// <summary>Makes a device.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">Its limit.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="time">Clock of the limit.</param>
    public VirtioRng(string name, VirtioRngOptions options, IDeviceMemory memory, TimeProvider time)
        : base(name, VirtioDeviceType.Entropy, memory, queueCount: 1, QueueSize)
    {
        _limit = options.BytesPerSecond == 0 ? null : new RateLimit(options.BytesPerSecond, time);
        _refill = time.CreateTimer(_ => Queues[RequestQueue].Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    protected internal override void ServeQueue(Virtqueue queue)
    {
        while (MayAnswer() && queue.TryPop(out DescriptorChain chain))
        {
            uint length = Math.Min(chain.WritableLength, LargestAnswer);
            length = _limit?.Take(length) ?? length;
            queue.Complete(chain, Fill(chain, length));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _refill.Dispose();
        base.Dispose(disposing);
    }

    private static uint Fill(DescriptorChain chain, uint length)
    {
        Span<byte> chunk = stackalloc byte[ChunkSize];
        uint filled = 0;
        while (filled < length)
        {
            Span<byte> part = chunk[..(int)Math.Min(ChunkSize, length - filled)];
            RandomNumberGenerator.Fill(part);
            if (!chain.TryWrite(filled, part))
            {
                break;
            }

            filled += (uint)part.Length;
        }

        return filled;
    }

    private bool MayAnswer()
    {
        TimeSpan wait = _limit?.Wait ?? TimeSpan.Zero;
        if (wait == TimeSpan.Zero)
        {
            return true;
        }

        _refill.Change(wait, Timeout.InfiniteTimeSpan);
        return false;
    }
}
