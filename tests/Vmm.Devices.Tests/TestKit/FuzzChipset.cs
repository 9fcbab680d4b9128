using System.Runtime.CompilerServices;
using Vmm.Core.Buses;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>
/// Drives any device through the ranges it declares, as a hostile guest would: every size, aligned or not, over the ends of a range,
/// with values that tend to mean something, while the clock jumps both ways and the machine resets.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="time">Its clock.</param>
/// <param name="seed">The same seed makes the same accesses.</param>
internal sealed class FuzzChipset(Device device, FakeTime time, int seed)
{
    private readonly Random _random = new(seed);
    private readonly DeviceBus _bus = new(device);
    private readonly (ulong First, ulong Size)[] _ports = device is IPortDevice io ? [.. io.Ports.Select(range => ((ulong)range.First, (ulong)range.Count))] : [];
    private readonly (ulong First, ulong Size)[] _mmio = device is IMmioDevice mmio ? [.. mmio.MmioRanges.Select(range => (range.First, range.Size))] : [];

    /// <summary>What the device did wrong.</summary>
    public IReadOnlyList<DeviceFault> Faults => _bus.Faults;

    /// <summary>Makes the given number of accesses.</summary>
    /// <returns>Bytes allocated on this thread.</returns>
    public long Run(int accesses)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < accesses; i++)
        {
            Step();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Step()
    {
        switch (_random.Next(1000))
        {
            case 0:
                _bus.Reset();
                break;
            case < 20:
                time.Advance(Jump());
                break;
            default:
                Access();
                break;
        }
    }

    private TimeSpan Jump() => _random.Next(8) switch
    {
        0 => TimeSpan.FromTicks(_random.NextInt64(-TimeSpan.TicksPerDay, TimeSpan.TicksPerDay)),
        1 => TimeSpan.FromTicks(-_random.NextInt64(TimeSpan.TicksPerSecond)),
        < 5 => TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerSecond)),
        _ => TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerMillisecond)),
    };

    private void Access()
    {
        int choice = _random.Next(_ports.Length + _mmio.Length);
        bool isPort = choice < _ports.Length;
        (ulong first, ulong size) = isPort ? _ports[choice] : _mmio[choice - _ports.Length];
        ulong address = first + (ulong)_random.NextInt64((long)size);
        int length = 1 << (_random.Next(4) == 0 ? _random.Next(isPort ? 3 : 4) : 0);
        Span<byte> data = stackalloc byte[length];
        bool write = _random.Next(2) == 0;
        if (write)
        {
            Fill(data);
        }

        switch (isPort, write)
        {
            case (true, true):
                _bus.Ports.Write((ushort)address, data);
                break;
            case (true, false):
                _bus.Ports.Read((ushort)address, data);
                break;
            case (false, true):
                _bus.Mmio.Write(address, data);
                break;
            default:
                _bus.Mmio.Read(address, data);
                break;
        }
    }

    /// <summary>Random bits seldom mean anything; single bits, small numbers and all-ones do.</summary>
    private void Fill(Span<byte> data)
    {
        switch (_random.Next(4))
        {
            case 0:
                _random.NextBytes(data);
                break;
            case 1:
                data[0] = (byte)_random.Next(0x40);
                break;
            case 2:
                data[_random.Next(data.Length)] = (byte)(1 << _random.Next(8));
                break;
            default:
                data.Fill(0xFF);
                break;
        }
    }
}
