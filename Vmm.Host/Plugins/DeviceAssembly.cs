using Vmm.Core.Buses;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins;

/// <summary>Puts the devices of a plan on their buses, and says which plugin a device in the way of another one comes from.</summary>
internal static class DeviceAssembly
{
    /// <summary>Assembles the buses.</summary>
    /// <param name="devices">All devices of the machine.</param>
    /// <param name="planned">Those of them that the configuration names.</param>
    /// <param name="faults">Where devices that throw are reported.</param>
    /// <exception cref="BusConflictException">Built-in devices are in each other's way.</exception>
    /// <exception cref="UserErrorException">Devices are in each other's way, and one of them is a plugin's.</exception>
    public static DeviceBuses Assemble(IEnumerable<Device> devices, IReadOnlyList<PlannedDevice> planned, BusFaults faults)
    {
        try
        {
            return DeviceBuses.Assemble(devices, faults);
        }
        catch (BusConflictException e) when (planned.Any(device => device.Model.Plugin is not null))
        {
            throw new UserErrorException(ExitCode.BadData, [.. e.Conflicts.Select(conflict => Explain(conflict, planned))]);
        }
    }

    private static string Explain(BusConflict conflict, IReadOnlyList<PlannedDevice> planned)
    {
        IEnumerable<string> plugins = planned
            .Where(device => device.Model.Plugin is not null && (device.Name == conflict.Device || device.Name == conflict.Other))
            .Select(device => $"'{device.Name}' is a {device.Model.Type} of {device.Model.Plugin}");
        string origin = string.Join(", ", plugins);
        return origin.Length == 0 ? conflict.Message : $"{conflict.Message} ({origin})";
    }
}
