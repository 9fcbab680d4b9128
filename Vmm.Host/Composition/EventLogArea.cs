using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;
using Vmm.Host.Errors;
using Vmm.Tdx.Attestation.EventLog;

namespace Vmm.Host.Composition;

/// <summary>Where a direct boot leaves the event log.</summary>
internal static class EventLogArea
{
    /// <summary>Writes the log there.</summary>
    /// <exception cref="UserErrorException">It does not fit.</exception>
    internal static void Write(IReadOnlyList<CcEvent> events, GuestMemory memory)
    {
        if (!CcEventLog.TryWrite(events, memory.GetSpan(MemoryLayout.EventLog.Gpa, (int)MemoryLayout.EventLog.Size)))
        {
            throw new UserErrorException(ExitCode.BadData, $"the event log does not fit into {MemoryLayout.EventLog.Size >> 10} KiB; shorten the kernel command line");
        }
    }
}
