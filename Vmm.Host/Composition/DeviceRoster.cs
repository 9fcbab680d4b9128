using Vmm.Host.Plugins;
using Vmm.Host.Running;

namespace Vmm.Host.Composition;

/// <summary>The devices that a machine's next life begins with: those of its definition, and what has come or gone since.</summary>
/// <param name="plan">The definition.</param>
public sealed class DeviceRoster(MachinePlan plan)
{
    private volatile IReadOnlyList<PlannedDevice> _devices = plan.Devices;

    /// <summary>The devices, in the order in which they are created.</summary>
    public IReadOnlyList<PlannedDevice> Devices => _devices;

    /// <summary>The device of some name, or null.</summary>
    public PlannedDevice? Find(string name) => _devices.FirstOrDefault(device => device.Name == name);

    /// <summary>One has come. For one thread at a time, as is the next.</summary>
    public void Add(PlannedDevice device) => _devices = [.. _devices, device];

    /// <summary>One has gone.</summary>
    public void Remove(string name) => _devices = [.. _devices.Where(device => device.Name != name)];
}
