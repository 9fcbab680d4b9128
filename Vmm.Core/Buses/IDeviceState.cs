namespace Vmm.Core.Buses;

/// <summary>A device that can give its state away and take it up again; see <see cref="IDeviceState{TState}"/>.</summary>
public interface IDeviceState
{
    /// <summary>The type of its state.</summary>
    Type StateType { get; }

    /// <summary>The state as it is now.</summary>
    object Save();

    /// <summary>Takes up a state of <see cref="StateType"/>.</summary>
    /// <exception cref="DeviceStateException">It is none that the device can have.</exception>
    void Restore(object state);
}
