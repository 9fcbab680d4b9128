using Vmm.Core.Buses;
using Vmm.Core.Interrupts;

namespace Vmm.Core.Testing.Fuzzing;

/// <summary>
/// Drives devices through the ranges they declare, as a hostile guest would: every size, aligned or not, over the ends of a range, in and out
/// of order, with values that tend to mean something – while the clock jumps both ways, interrupts are masked, moved and ended, memory
/// changes hands, the host stalls, and the machine resets.
/// </summary>
internal sealed class FuzzChipset
{
    private const int LastPart = 10; // the last tenth of a run goes without the host

    private readonly DeviceBench _bench;
    private readonly IoApic _ioApic;
    private readonly Random _random;
    private readonly FuzzValues _values;
    private readonly FuzzStreams _streams;
    private readonly FuzzFindings _findings;
    private readonly FuzzRange[] _ranges;
    private FuzzRange? _range;
    private ulong _address;

    /// <summary>Connects a chipset to a bench with all its devices attached.</summary>
    public FuzzChipset(DeviceBench bench, IoApic ioApic, FuzzFindings findings, int seed)
    {
        _bench = bench;
        _ioApic = ioApic;
        _findings = findings;
        _random = new Random(seed);
        _values = new FuzzValues(_random);
        _streams = new FuzzStreams(bench.Streams, _random);
        _ranges = [.. bench.Devices.Select(attached => attached.Device).Where(device => device != ioApic).SelectMany(FuzzRange.Of)];
        bench.DeviceFaulted = fault => findings.Add(fault, Current.Number);
    }

    /// <summary>What it does now.</summary>
    public FuzzAccess Current { get; } = new();

    /// <summary>Accesses made.</summary>
    public int Done { get; private set; }

    /// <summary>Bytes that accesses allocated.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Makes accesses, with the rest of the world in between, and begins counting anew.</summary>
    /// <param name="accesses">How many.</param>
    /// <param name="last">Whether these are the last ones.</param>
    public void Run(int accesses, bool last)
    {
        AllocatedBytes = 0;
        Action surroundings = Surroundings;
        Action access = Access;
        int hostLeaves = last ? accesses - (accesses / LastPart) : accesses;
        for (Done = 0; Done < accesses && !_findings.AreEnough; Done++)
        {
            if (Done == hostLeaves || (Done < hostLeaves && _random.Next(200) == 0))
            {
                _streams.Step(leave: Done == hostLeaves);
            }

            if (_random.Next(20) == 0)
            {
                Guarded(surroundings);
            }

            if (_ranges.Length > 0)
            {
                Guarded(access);
            }
        }
    }

    /// <summary>Buses guard accesses; resets, timers and PCI functions are without a bus here.</summary>
    private void Guarded(Action step)
    {
        try
        {
            step();
        }
#pragma warning disable CA1031 // Whatever a device throws is what we are looking for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _findings.Add(e, Current.ToString(), Current.Number);
        }
    }

    /// <summary>Something happens that is no access.</summary>
    private void Surroundings()
    {
        switch (_random.Next(50))
        {
            case 0:
                Current.Begin("reset");
                _bench.Reset();
                break;
            case 1:
                Current.Begin("state taken out and in");
                RestoreStates();
                break;
            case < 20:
                Current.Begin("jump of the clock");
                MoveClock();
                break;
            case < 40:
                Current.Begin("change of the interrupt controller");
                Interrupt();
                break;
            default:
                Memory();
                break;
        }
    }

    private void RestoreStates()
    {
        foreach (Device device in _bench.Devices.Select(attached => attached.Device).Where(device => device is IDeviceState))
        {
            lock (device.Gate)
            {
                var state = (IDeviceState)device;
                state.Restore(state.Save());
            }
        }
    }

    private void MoveClock()
    {
        switch (_random.Next(8))
        {
            case 0:
                _bench.Time.Jump(TimeSpan.FromTicks(_random.NextInt64(-TimeSpan.TicksPerDay, TimeSpan.TicksPerDay)));
                break;
            case 1:
                _bench.Time.Jump(TimeSpan.FromTicks(-_random.NextInt64(TimeSpan.TicksPerSecond)));
                break;
            case < 5:
                _bench.Time.Advance(TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerSecond)));
                break;
            default:
                _bench.Time.Advance(TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerMillisecond)));
                break;
        }
    }

    /// <summary>Ends an interrupt, or moves, masks or unmasks a pin, which is edge- or level-triggered afterwards.</summary>
    private void Interrupt()
    {
        const uint EntryRegisters = 0x10;
        const ulong Window = 0x10;
        const ulong EntryBits = 0x1_A0FF; // mask, trigger mode, polarity, vector

        if (_random.Next(2) == 0)
        {
            _ioApic.EndOfInterrupt((byte)_random.Next(0x100));
            return;
        }

        uint register = EntryRegisters + (2 * (uint)_random.Next(IoApic.PinCount));
        _bench.Mmio.Write(IoApic.Address, [(byte)register, 0, 0, 0]);
        _bench.Mmio.Write(IoApic.Address + Window, BitConverter.GetBytes((uint)((ulong)_random.NextInt64() & EntryBits)));
    }

    /// <summary>A page of the guest becomes private, or shared with some other content.</summary>
    private void Memory()
    {
        int page = _random.Next(_bench.Memory.Size / FakeMemory.PageSize);
        ulong gpa = (ulong)page * FakeMemory.PageSize;
        _bench.Memory.Convert(gpa, _random.Next(4) != 0);
        Span<byte> some = _bench.Memory.Bytes.Slice((int)gpa, sizeof(ulong));
        some.Clear();
        _values.Fill(some);
    }

    private void Access()
    {
        FuzzRange range = Choose();
        Span<byte> data = stackalloc byte[1 << (_random.Next(4) == 0 ? _random.Next(range.LongestLog + 1) : 0)];
        bool write = _random.Next(2) == 0;
        Current.Space = range.Space;
        Current.Address = _address;
        Current.Begin(write ? "write" : "read", data.Length);
        if (write)
        {
            _values.Fill(data);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        range.Access(_bench, _address, data, write);
        AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - before;
        if (!write)
        {
            _values.Saw(data);
        }
    }

    /// <summary>Somewhere, where the last access was, or right behind it: registers are worked on one by one, data ports again and again.</summary>
    private FuzzRange Choose()
    {
        int choice = _random.Next(8);
        if (choice >= 2 || _range is null)
        {
            _range = _ranges[_random.Next(_ranges.Length)];
            _address = _range.First + (ulong)_random.NextInt64((long)_range.Size);
        }
        else if (choice == 1)
        {
            _address = _address - _range.First + 1 < _range.Size ? _address + 1 : _range.First;
        }

        return _range;
    }
}
