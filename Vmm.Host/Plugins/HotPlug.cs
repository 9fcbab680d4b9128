using System.Reflection;
using Microsoft.Extensions.Logging;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Buses;
using Vmm.Core.Machine;
using Vmm.Core.Pci;

namespace Vmm.Host.Plugins;

/// <summary>
/// Which devices can come and go while the guest runs: those that answer at ports and are nothing else to a machine. A guest has found its interrupt
/// lines, its PCI devices and its ACPI tables once and for all.
/// </summary>
internal static class HotPlug
{
    private static readonly Type[] Roles = [typeof(IMmioDevice), typeof(IMmioBridge), typeof(IPciFunction), typeof(IAcpiContributor), typeof(IAcpiTableProvider)];

    // Services that tie a device to nothing but itself.
    private static readonly Type[] Harmless = [typeof(string), typeof(TimeProvider), typeof(IByteStreams), typeof(IMachineControl)];

    /// <summary>Why devices of a type cannot come and go; null if they can.</summary>
    internal static string? Obstacle(DeviceModel model)
    {
        if (Roles.FirstOrDefault(role => role.IsAssignableFrom(model.Class)) is { } role)
        {
            return $"a device of type \"{model.Type}\" is more than ports to the guest ({role.Name}), which finds such devices only when it boots";
        }

        if (!typeof(IPortDevice).IsAssignableFrom(model.Class))
        {
            return $"a device of type \"{model.Type}\" answers at no ports";
        }

        ParameterInfo? tie = model.Constructor.GetParameters().FirstOrDefault(parameter => !IsHarmless(parameter.ParameterType, model));
        return tie is null ? null : $"a device of type \"{model.Type}\" is wired to the machine ({tie.ParameterType.Name}), which can only be done before the guest runs";
    }

    private static bool IsHarmless(Type service, DeviceModel model) =>
        Harmless.Contains(service) || service == model.Options || (service.IsGenericType && service.GetGenericTypeDefinition() == typeof(ILogger<>));
}
