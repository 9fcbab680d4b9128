using System.Reflection;
using Vmm.Core.Buses;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio;
using Vmm.Devices.Virtio.Block;
using Vmm.Devices.Virtio.Net;
using Vmm.Devices.Virtio.Rng;
using Vmm.Devices.Virtio.Vsock;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>All device types of the assembly, as declared: a new one is tried by the tests of all of them without being named there.</summary>
internal static class BuiltInDevices
{
    private static readonly Dictionary<string, Type> Classes = typeof(VirtioDevice).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<DeviceAttribute>() is not null)
        .ToDictionary(type => type.GetCustomAttribute<DeviceAttribute>()!.Type, StringComparer.Ordinal);

    /// <summary>Their type names.</summary>
    public static IReadOnlyList<string> Types => [.. Classes.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Those of virtio devices.</summary>
    public static IReadOnlyList<string> VirtioTypes => [.. Types.Where(type => Classes[type].IsSubclassOf(typeof(VirtioDevice)))];

    /// <summary>Makes a device of a type, named like it.</summary>
    /// <param name="type">Its type name.</param>
    /// <param name="services">What its constructor asks for.</param>
    /// <param name="host">What it may need of the host.</param>
    public static Device Create(string type, IServiceProvider services, HostEnds host)
    {
        ConstructorInfo constructor = Classes[type].GetConstructors().Single();
        var device = (Device)constructor.Invoke([.. constructor.GetParameters().Select(parameter => Argument(parameter.ParameterType, type, services, host))]);
        switch (device)
        {
            case VirtioNet:
                host.Frames.Start();
                break;
            case VirtioVsock:
                host.CallVsock();
                break;
        }

        return device;
    }

    private static object Argument(Type asked, string type, IServiceProvider services, HostEnds host) =>
        asked == typeof(string) ? type
        : services.GetService(asked) ?? OptionsOf(asked, host);

    // The defaults, for all but those that need something of the host's, or would do less than they can.
    private static object OptionsOf(Type options, HostEnds host) =>
        options == typeof(VirtioBlockOptions) ? new VirtioBlockOptions { Path = host.Disk.File, Queues = 2, QueueSize = HostileDriver.QueueSize }
        : options == typeof(VirtioNetOptions) ? new VirtioNetOptions { Socket = host.Frames.File, QueueSize = HostileDriver.QueueSize }
        : options == typeof(VirtioVsockOptions) ? new VirtioVsockOptions { Cid = (uint)VsockPacket.GuestCid, Socket = host.Vsock }
        : options == typeof(VirtioRngOptions) ? new VirtioRngOptions { BytesPerSecond = 0 }
        : Activator.CreateInstance(options)!;
}
