using Microsoft.Extensions.Logging;

namespace Vmm.Tdx.VmCalls;

/// <summary>What happens when a handler throws: the fault is counted, and logged at most once a second, since a guest can call in a loop.</summary>
/// <param name="logger">Where the first fault of each second goes.</param>
/// <param name="time">Clock of the rate limit.</param>
public sealed partial class VmCallFaults(ILogger<VmCallFaults> logger, TimeProvider time)
{
    private readonly LogThrottle _throttle = new(time);
    private long _count;

    /// <summary>Faults since the machine was made.</summary>
    public long Count => Volatile.Read(ref _count);

    internal void Report(in VmCallRegisters call, Exception exception)
    {
        long count = Interlocked.Increment(ref _count);
        if (_throttle.TryEnter())
        {
            LogFault(call.R10 == 0 ? call.Leaf.ToString() : $"vendor call 0x{call.R10:x}", count, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "TDVMCALL {Call}: the handler failed, the guest got INVALID_OPERAND ({Faults} faults so far)", EventName = "VmCallFaulted")]
    private partial void LogFault(string call, long faults, Exception exception);
}
