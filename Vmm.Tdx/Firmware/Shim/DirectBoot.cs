using Vmm.Core.Boot;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Hardware.Launch;

namespace Vmm.Tdx.Firmware.Shim;

/// <summary>What a TD on TDX hardware begins with when a kernel is booted without firmware of the user's.</summary>
/// <remarks>
/// All of it is measured into MRTD with its contents, which on the emulated backend only the kernel is: there the VMM is the TDX module and extends
/// the RTMRs itself; here the shim does, with digests that the VMM gives it, and they can only be believed because MRTD vouches for what they are of.
/// RTMRs and event log are the same on both backends.
/// </remarks>
public static class DirectBoot
{
    /// <summary>Completes what a loader has put into memory.</summary>
    /// <param name="memory">Guest memory, <see cref="BootShim.Range"/> included.</param>
    /// <param name="kernel">What was loaded; the event log is in its place.</param>
    /// <param name="events">What the event log holds.</param>
    public static TdxImage Complete(GuestMemory memory, BootedKernel kernel, IReadOnlyList<CcEvent> events)
    {
        List<TdxSection> sections =
        [
            .. LaunchSections.PagesOf(kernel).Select(loaded => new TdxSection(LaunchSections.NameOf(loaded.Content), loaded.Range, IsMeasured: true)),
            new("mailbox", MemoryLayout.Mailbox, IsMeasured: true),
            new("event_log", MemoryLayout.EventLog, IsMeasured: true),
        ];
        BootShim.Write(memory, new ShimHandOver
        {
            Entry = kernel.BootProcessor.Rip,
            BootParams = kernel.BootProcessor.Rsi,
            Stack = kernel.BootProcessor.Rsp,
            Mailbox = kernel.MailboxAddress ?? 0,
            Events = events,
            Accept = [.. kernel.Layout.Ram.SelectMany(range => Gaps(range, sections.Select(section => section.Range)))],
        });
        return new TdxImage([.. sections, new TdxSection("boot_shim", BootShim.Range, IsMeasured: true)], InitialRcx: 0);
    }

    /// <summary>What of a range nothing lies in.</summary>
    internal static IEnumerable<MemoryRange> Gaps(MemoryRange range, IEnumerable<MemoryRange> taken)
    {
        ulong at = range.Gpa;
        foreach (MemoryRange one in taken.Where(one => one.Gpa < range.End && one.End > range.Gpa).OrderBy(one => one.Gpa))
        {
            if (one.Gpa > at)
            {
                yield return new MemoryRange(at, one.Gpa - at);
            }

            at = Math.Max(at, one.End);
        }

        if (at < range.End)
        {
            yield return new MemoryRange(at, range.End - at);
        }
    }
}
