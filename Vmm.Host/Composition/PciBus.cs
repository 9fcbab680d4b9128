using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Pci;
using Vmm.Devices.Pci;
using Vmm.Host.Errors;
using Vmm.Host.Plugins;

namespace Vmm.Host.Composition;

/// <summary>The PCI bus of a machine: there is one as soon as there is a device that goes on it.</summary>
internal static class PciBus
{
    private const string Name = "pci";

    /// <summary>Makes the host bridge for the PCI functions among some devices.</summary>
    /// <returns>It, or nothing.</returns>
    /// <exception cref="UserErrorException">They do not go on one bus.</exception>
    public static IEnumerable<Device> For(IReadOnlyList<Device> devices, IServiceProvider services)
    {
        Device[] functions = [.. devices.Where(device => device is IPciFunction)];
        try
        {
            return functions.Length == 0 ? [] : [new PciHost(Name, functions, services.GetRequiredService<IMsiLines>(), services.GetService<IDoorbells>())];
        }
        catch (PciBusException mistake)
        {
            throw new UserErrorException(ExitCode.BadData, mistake.Message);
        }
    }

    /// <summary>The host bridge of a machine without its functions: ACPI says nothing of them.</summary>
    /// <returns>It, or nothing where no device goes on it.</returns>
    public static IEnumerable<Device> Without(IEnumerable<PlannedDevice> functions, IServiceProvider services) =>
        functions.Any(device => device.Model.Class.IsAssignableTo(typeof(IPciFunction))) ? [new PciHost(Name, [], services.GetRequiredService<IMsiLines>())] : [];
}
