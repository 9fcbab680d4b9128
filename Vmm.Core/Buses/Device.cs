namespace Vmm.Core.Buses;

/// <summary>
/// What every device model is: a name, a lock and a reset. What else it answers to it says by the interfaces it implements:
/// <see cref="IPortDevice"/>, <see cref="IMmioDevice"/>.
/// </summary>
/// <remarks>
/// Built-in devices and plugins use this one contract. A device takes its services and its options by constructor.
/// </remarks>
/// <param name="name">Instance name: unique in a machine, used in messages, traces and metrics.</param>
public abstract class Device(string name)
{
    /// <summary>Instance name, unique in a machine.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// Held by the bus during every access and during <see cref="Reset"/>, so that register code needs no locking of its own.
    /// A device's timers, pipes and backend threads take it before they touch device state.
    /// </summary>
    public Lock Gate { get; } = new();

    /// <summary>Where faults outside of accesses go; the buses set it.</summary>
    internal Action<string, Exception>? Faulted { get; set; }

    /// <summary>Returns to the power-on state. Called with <see cref="Gate"/> held, while no vCPU runs.</summary>
    public virtual void Reset()
    {
    }

    /// <summary>
    /// Reports an exception from work that is no access, on a thread or timer of the device's own: counted, logged and judged like one from an access.
    /// </summary>
    /// <param name="work">What was done, e.g. <c>request of queue 0</c>.</param>
    /// <param name="exception">The exception.</param>
    protected void ReportFault(string work, Exception exception) => Faulted?.Invoke(work, exception);
}
