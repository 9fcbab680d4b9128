using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Buses;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Errors;
using Vmm.Host.Plugins;
using Vmm.Host.Running;

namespace Vmm.Host.Control.Serving;

/// <summary>The devices of a machine that runs: which there are, and those that come and go.</summary>
/// <param name="machine">The machine.</param>
internal sealed class DeviceChanges(ControlledRun machine)
{
    private readonly DeviceRoster _roster = machine.Services.GetRequiredService<DeviceRoster>();

    /// <summary>Says which there are.</summary>
    /// <exception cref="ControlException">The guest does not run.</exception>
    internal DeviceList List()
    {
        DeviceList list = new();
        bool done = machine.Run.TryUse(services => list.Devices.AddRange(services.GetRequiredService<DeviceBuses>().Devices.Select(StateOf)));
        return done ? list : throw new ControlException(ControlReason.WrongState, "the guest does not run just now: it begins anew, or has ended");
    }

    /// <summary>Adds one.</summary>
    /// <exception cref="ControlException">That is impossible.</exception>
    internal async Task AttachAsync(string text, CancellationToken cancellation)
    {
        PlannedDevice planned = Plan(text);
        if (HotPlug.Obstacle(planned.Model) is { } obstacle)
        {
            throw new ControlException(ControlReason.NotNow, obstacle);
        }

        Device? refused = null;
        try
        {
            await machine.Run.ChangeAsync(
                services =>
                {
                    refused = planned.Create(services);
                    services.GetRequiredService<MachineDevices>().Attach(refused);
                    _roster.Add(planned);
                    refused = null;
                },
                cancellation);
        }
        catch (Exception e) when (e is UserErrorException or BusConflictException)
        {
            throw new ControlException(ControlReason.BadArgument, e.Message.ReplaceLineEndings("; "));
        }
        finally
        {
            if (refused is not null)
            {
                await MachineDevices.DisposeAsync(refused);
            }
        }

        machine.Run.Tell(RunEventKind.DeviceAttached, planned.Name);
    }

    /// <summary>Removes one.</summary>
    /// <exception cref="ControlException">That is impossible.</exception>
    internal async Task DetachAsync(string name, CancellationToken cancellation)
    {
        PlannedDevice planned = _roster.Find(name)
            ?? throw new ControlException(ControlReason.BadArgument, $"no device of this machine that could go is named \"{name}\"{NearestName.Suggest(name, [.. _roster.Devices.Select(each => each.Name)])}");
        if (HotPlug.Obstacle(planned.Model) is { } obstacle)
        {
            throw new ControlException(ControlReason.NotNow, obstacle);
        }

        Device? removed = null;
        await machine.Run.ChangeAsync(
            services =>
            {
                MachineDevices devices = services.GetRequiredService<MachineDevices>();
                removed = devices.All.First(device => device.Name == name);
                devices.Detach(removed);
                _roster.Remove(name);
            },
            cancellation);
        await MachineDevices.DisposeAsync(removed!); // no access is in it: it was taken away while no vCPU ran
        machine.Run.Tell(RunEventKind.DeviceDetached, name);
    }

    private PlannedDevice Plan(string text)
    {
        try
        {
            ConfigErrors errors = new();
            DeviceConfig[] taken = [.. machine.Plan.Config.Devices.Where(device => _roster.Find(device.Name) is not null)];
            DeviceConfig? device = DeviceConfigReader.ReadOne(new ConfigObject(DeviceOption.Parse(text), errors), taken);
            errors.ThrowIfAny();
            return DeviceCatalog.With(machine.Plan.Config.Plugins).Plan([device!]).Single();
        }
        catch (UserErrorException e)
        {
            throw new ControlException(ControlReason.BadArgument, string.Join("; ", e.Lines));
        }
    }

    private DeviceState StateOf(AttachedDevice attached)
    {
        PlannedDevice? planned = _roster.Find(attached.Device.Name);
        DeviceState state = new()
        {
            Name = attached.Device.Name,
            Type = planned?.Model.Type ?? "",
            Detachable = planned is not null && HotPlug.Obstacle(planned.Model) is null,
            Reads = (ulong)attached.Reads,
            Writes = (ulong)attached.Writes,
            Faults = (ulong)attached.Faults,
        };
        foreach (DeviceMetric metric in (attached.Device as IDeviceMetrics)?.Metrics ?? [])
        {
            state.Metrics[metric.Name] = metric.Value;
        }

        return state;
    }
}
