using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Memory;

namespace Vmm.Core.Machine;

/// <summary>
/// Stands in for firmware that waits on the multiprocessor wake-up mailbox (ACPI 6.5, 5.2.12.19): application processors run no code until the
/// guest calls them, so nothing of theirs has to lie in guest memory.
/// </summary>
/// <remarks>The mailbox is plain memory and its page is the guest's own: it is looked at, often at first and seldom once the guest does not call.</remarks>
public sealed class MailboxWatcher : IDisposable
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Seldom = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GuestMemory _memory;
    private readonly ulong _address;
    private readonly IReadOnlyList<Vcpu> _vcpus;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    /// <summary>Begins to watch.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="address">Guest-physical address of the mailbox.</param>
    /// <param name="vcpus">All vCPUs; those that run already are not called.</param>
    public MailboxWatcher(GuestMemory memory, ulong address, IReadOnlyList<Vcpu> vcpus)
    {
        _memory = memory;
        _address = address;
        _vcpus = vcpus;
        _thread = new Thread(Watch) { Name = "ap-mailbox", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Watch()
    {
        long start = Environment.TickCount64;
        while (!_vcpus.All(vcpu => vcpu.IsStarted))
        {
            bool impatient = Environment.TickCount64 - start < Patience.TotalMilliseconds;
            if (_stop.Wait(impatient ? Often : Seldom))
            {
                return;
            }

            Look();
        }
    }

    private void Look()
    {
        ref WakeupMailbox mailbox = ref MemoryMarshal.AsRef<WakeupMailbox>(_memory.GetSpan(_address, Unsafe.SizeOf<WakeupMailbox>()));
        if (Volatile.Read(ref mailbox.Command) != WakeupMailbox.Wakeup)
        {
            return;
        }

        uint apicId = mailbox.ApicId;
        ulong vector = mailbox.WakeupVector;
        if (_vcpus.FirstOrDefault(vcpu => vcpu.ApicId == apicId) is { IsStarted: false } called)
        {
            called.Start(vector);
            Volatile.Write(ref mailbox.Command, WakeupMailbox.NoOperation);
        }
    }
}
