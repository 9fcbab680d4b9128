using Vmm.Core.Boot;
using Vmm.Core.Memory;
using Vmm.Host.Errors;
using Vmm.Host.Measuring;
using Vmm.Host.Running;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Module;

namespace Vmm.Host.Composition;

/// <summary>Measures what a TD is launched with. Hashing runs beside the building of the machine, and MRTD's beside the guest, which waits for it only when it asks.</summary>
public sealed class MeasuredLaunch
{
    private readonly BootedKernel _kernel;
    private readonly GuestMemory _memory;
    private readonly TdState _td;
    private readonly MachinePlan _plan;
    private readonly LaunchFileHashing _files;

    /// <summary>Starts to measure. Nothing of what was loaded may have been changed: TDCALLs are replaced after this.</summary>
    public MeasuredLaunch(BootedKernel kernel, GuestMemory memory, TdState td, MachinePlan plan, LaunchFileHashing files)
    {
        (_kernel, _memory, _td, _plan, _files) = (kernel, memory, td, plan, files);
        IReadOnlyList<LaunchSection> sections = LaunchSections.Of(kernel, memory);
        td.LaunchMeasurement = Task.Run(() => MrTdHash.Of(sections));
    }

    /// <summary>Fills the RTMRs and the event log, before the guest runs.</summary>
    /// <exception cref="UserErrorException">A file cannot be read any more.</exception>
    public void Complete()
    {
        IReadOnlyList<CcEvent> events = LaunchEvents.Of(_kernel, _memory, _files.Digests, _plan.Config.Cmdline);
        _td.Rtmrs = CcEventLog.Replay(events);
        EventLogArea.Write(events, _memory);
    }
}
