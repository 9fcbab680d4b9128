using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vmm.Core.Buses;
using Vmm.Core.Machine;
using Vmm.Host.Configuration;
using Vmm.Host.Plugins;
using Vmm.Host.Running;

namespace Vmm.Host.Composition;

/// <summary>Decides whether a machine goes on when one of its devices has thrown.</summary>
internal static class DeviceFaultPolicy
{
    /// <summary>Makes the place where faults are reported.</summary>
    public static BusFaults Create(IServiceProvider scope)
    {
        MachinePlan plan = scope.GetRequiredService<MachinePlan>();
        MachineLifecycle lifecycle = scope.GetRequiredService<MachineLifecycle>();
        DeviceRoster roster = scope.GetRequiredService<DeviceRoster>();
        bool IsVital(PlannedDevice? device) => (device?.OnFault ?? plan.Config.OnFault) == FaultAction.Stop;

        void StopIfVital(DeviceFault fault)
        {
            if (roster.Find(fault.Device.Name) is { } device && IsVital(device))
            {
                string message = $"device '{fault.Device.Name}' failed on a {fault.Access}: {fault.Exception.GetType().Name}: {fault.Exception.Message} (\"onFault\" is \"stop\")";
                lifecycle.End(new MachineOutcome(MachineOutcomeKind.DeviceFault, message));
            }
        }

        // Without such a device nobody asks, and a guest that provokes faults in a loop costs no strings.
        return new BusFaults(scope.GetRequiredService<ILogger<BusFaults>>(), scope.GetRequiredService<TimeProvider>())
        {
            DeviceFaulted = plan.Config.OnFault == FaultAction.Stop || roster.Devices.Any(IsVital) ? StopIfVital : null,
        };
    }
}
