using System.Buffers.Binary;
using Vmm.Core.Buses;

namespace Vmm.Devices.Acpi;

/// <summary>The ACPI power management timer (ACPI 6.5, 4.8.3.3): a counter of 3.579545 MHz that never stops. It does not interrupt.</summary>
/// <param name="name">Instance name.</param>
/// <param name="options">Ports and width.</param>
/// <param name="time">The clock it counts by.</param>
[Device("pm-timer", Summary = "ACPI power management timer")]
public sealed class PmTimer(string name, PmTimerOptions options, TimeProvider time) : Device(name), IPortDevice, IDeviceState<PmTimerState>
{
    private const long FrequencyHz = 3_579_545;
    private const uint Mask24 = 0x00FF_FFFF;

    private long _start = time.GetTimestamp();
    private long _elapsed;

    /// <inheritdoc/>
    public IReadOnlyList<PortRange> Ports { get; } = [new PortRange(options.Port, sizeof(uint), "ACPI PM timer")];

    /// <inheritdoc/>
    public PmTimerState SaveState() => new(time.GetElapsedTime(0, Elapse()));

    /// <inheritdoc/>
    public void RestoreState(PmTimerState state)
    {
        DeviceStateException.ThrowUnless(state.Elapsed >= TimeSpan.Zero && state.Elapsed < TimeSpan.MaxValue / 2, "a time that has not passed");
        _elapsed = (long)((Int128)state.Elapsed.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
        _start = time.GetTimestamp() - _elapsed;
    }

    /// <inheritdoc/>
    public void ReadPort(int range, int offset, Span<byte> data)
    {
        Span<byte> register = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(register, Count());
        register.Slice(offset, data.Length).CopyTo(data);
    }

    /// <inheritdoc/>
    public void WritePort(int range, int offset, ReadOnlySpan<byte> data)
    {
        // TMR_VAL is read-only.
    }

    private uint Count()
    {
        (long seconds, long rest) = Math.DivRem(Elapse(), time.TimestampFrequency);
        var count = (uint)((seconds * FrequencyHz) + (rest * FrequencyHz / time.TimestampFrequency));
        return options.Extended ? count : count & Mask24;
    }

    private long Elapse() => _elapsed = Math.Max(_elapsed, time.GetTimestamp() - _start); // a guest's timer never goes back
}
