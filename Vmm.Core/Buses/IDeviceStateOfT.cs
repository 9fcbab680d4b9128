namespace Vmm.Core.Buses;

/// <summary>
/// A device that keeps what a guest can tell apart in a plain record, apart from its wiring: another device with the same options that takes the record up
/// answers as this one would have gone on to.
/// </summary>
/// <remarks>
/// A state holds numbers, texts, lists and records of these, with properties that can be read and initialised, so that it can be written down as JSON. Time is
/// held as what the guest sees of it, not as the host's. Interrupt lines, streams and what is on its way to the host are no state: a device drives its lines anew.
/// Both methods are called with <see cref="Device.Gate"/> held, while no vCPU runs.
/// </remarks>
/// <typeparam name="TState">The record.</typeparam>
public interface IDeviceState<TState> : IDeviceState
    where TState : class
{
    /// <inheritdoc/>
    Type IDeviceState.StateType => typeof(TState);

    /// <summary>The state as it is now; what happens later does not change it.</summary>
    TState SaveState();

    /// <summary>Takes up a state. It may have been a file in between: what cannot be is refused, and changes nothing.</summary>
    /// <param name="state">The state.</param>
    /// <exception cref="DeviceStateException">It is none that the device can have.</exception>
    void RestoreState(TState state);

    /// <inheritdoc/>
    object IDeviceState.Save() => SaveState();

    /// <inheritdoc/>
    void IDeviceState.Restore(object state) => RestoreState((TState)state);
}
