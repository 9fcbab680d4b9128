using System.CommandLine;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;

namespace Vmm.Host.Cli.Control;

/// <summary>The commands about devices of a running machine: <c>vmm devices</c>, <c>attach</c>, <c>detach</c>.</summary>
internal static class DeviceCommands
{
    public static IEnumerable<Command> Create(TextWriter output)
    {
        yield return List(output);
        yield return Attach(output);
        yield return Detach(output);
    }

    private static ControlCommand List(TextWriter output)
    {
        ControlCommand command = new("devices", "List the devices of a running machine", "vmm devices web", "vmm devices web -o json");
        Argument<string> name = MachineArguments.One(command);
        Option<string> format = OutputFormat.Option();
        command.Add(format);
        command.Does(async (parsed, client, interrupt) =>
        {
            DeviceList list = await client.Machines.ListDevicesAsync(
                new ListDevicesRequest { Name = parsed.GetRequiredValue(name) }, deadline: ControlCommand.Soon, cancellationToken: interrupt);
            output.WriteLine(parsed.IsJson(format) ? ProtoJson.FormatList(list.Devices) : Table(list.Devices));
            return 0;
        });
        return command;
    }

    private static ControlCommand Attach(TextWriter output)
    {
        ControlCommand command = new("attach", "Add a device to a running machine, where its type allows that", "vmm attach web debug-console,port=0xe9,stream=none");
        Argument<string> name = MachineArguments.One(command);
        Argument<string> device = new("DEVICE") { HelpName = "TYPE[,name=NAME][,OPTION=VALUE]", Description = "The device, as vmm run --device takes it" };
        command.Add(device);
        command.Does(async (parsed, client, interrupt) =>
        {
            DeviceList list = await client.Machines.AttachDeviceAsync(
                new AttachDeviceRequest { Name = parsed.GetRequiredValue(name), Device = parsed.GetRequiredValue(device), RequestId = ControlClient.NewRequestId() },
                deadline: ControlCommand.Soon,
                cancellationToken: interrupt);
            output.WriteLine(list.Devices[^1].Name);
            return 0;
        });
        return command;
    }

    private static ControlCommand Detach(TextWriter output)
    {
        ControlCommand command = new("detach", "Remove a device from a running machine, where its type allows that", "vmm detach web debug0");
        Argument<string> name = MachineArguments.One(command);
        Argument<string> device = new("DEVICE") { Description = "Name of the device" };
        command.Add(device);
        command.Does(async (parsed, client, interrupt) =>
        {
            string gone = parsed.GetRequiredValue(device);
            await client.Machines.DetachDeviceAsync(
                new DetachDeviceRequest { Name = parsed.GetRequiredValue(name), Device = gone, RequestId = ControlClient.NewRequestId() },
                deadline: ControlCommand.Soon,
                cancellationToken: interrupt);
            output.WriteLine(gone);
            return 0;
        });
        return command;
    }

    private static TextTable Table(IEnumerable<DeviceState> devices)
    {
        TextTable table = new("NAME", "TYPE", "READS", "WRITES", "FAULTS", "DETACHABLE", "METRICS");
        foreach (DeviceState device in devices)
        {
            table.Add(
                device.Name,
                device.Type,
                $"{device.Reads}",
                $"{device.Writes}",
                $"{device.Faults}",
                device.Detachable ? "yes" : "no",
                string.Join(' ', device.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => $"{metric.Key}={metric.Value}")));
        }

        return table;
    }
}
