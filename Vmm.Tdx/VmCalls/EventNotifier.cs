using Vmm.Core.Interrupts;

namespace Vmm.Tdx.VmCalls;

/// <summary>Tells a TD that something it waits for has happened, by the vector it chose with SetupEventNotifyInterrupt.</summary>
public sealed class EventNotifier(IMsiSink interrupts)
{
    private const int ApicIdShift = 32;

    private ulong _target; // APIC id and vector in one word, so that they change together; 0: no vector, since 0 is none

    /// <summary>Remembers who is told, and how. The last caller wins.</summary>
    /// <param name="apicId">x2APIC id of the vCPU that asked.</param>
    /// <param name="vector">32 to 255.</param>
    public void Register(uint apicId, byte vector) => Volatile.Write(ref _target, ((ulong)apicId << ApicIdShift) | vector);

    /// <summary>Raises the interrupt; does nothing where the guest did not ask for it. Any thread.</summary>
    public void Signal()
    {
        ulong target = Volatile.Read(ref _target);
        if (target != 0)
        {
            var message = MsiMessage.To((uint)(target >> ApicIdShift), (byte)target);
            interrupts.Signal(message.Address, message.Data);
        }
    }
}
