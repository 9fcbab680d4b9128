using Microsoft.Extensions.Logging;

namespace Vmm.Core.Buses;

/// <summary>What happens when a device throws: the fault is counted, logged at most once a second a device, and shown to a policy.</summary>
/// <param name="logger">Where the first fault of each second goes.</param>
/// <param name="time">Clock of the rate limit.</param>
public sealed partial class BusFaults(ILogger<BusFaults> logger, TimeProvider time)
{
    private readonly long _logInterval = time.TimestampFrequency;

    /// <summary>
    /// Called for every fault, on the thread where it happened and outside the device's gate; a machine that must not go on with a broken
    /// device stops itself here. Must not throw.
    /// </summary>
    public Action<DeviceFault>? DeviceFaulted { get; init; }

    internal void Report(AttachedDevice attached, string operation, string space, ulong address, int size, Exception exception)
    {
        attached.CountFault();
        bool mayLog = attached.MayLog(time.GetTimestamp(), _logInterval);
        if (mayLog || DeviceFaulted is not null) // a guest that provokes faults in a loop costs no strings
        {
            Report(attached, $"{operation} of {size} bytes at {space} 0x{address:x}", mayLog, exception);
        }
    }

    internal void Report(AttachedDevice attached, string access, Exception exception)
    {
        attached.CountFault();
        Report(attached, access, attached.MayLog(time.GetTimestamp(), _logInterval), exception);
    }

    private void Report(AttachedDevice attached, string access, bool mayLog, Exception exception)
    {
        if (mayLog)
        {
            LogFault(attached.Device.Name, access, attached.Faults, exception);
        }

        DeviceFaulted?.Invoke(new DeviceFault(attached.Device, access, exception));
    }

    [LoggerMessage(1, LogLevel.Error, "Device '{Device}' failed on a {Access} ({Faults} faults so far)", EventName = "DeviceFaulted")]
    private partial void LogFault(string device, string access, long faults, Exception exception);
}
