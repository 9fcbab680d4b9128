namespace Vmm.Devices.Virtio.Console;

/// <summary>What a control message is about (virtio 1.2, 5.3.6.2).</summary>
internal enum ConsoleEvent : ushort
{
    /// <summary>By the driver: it works, or not.</summary>
    DeviceReady = 0,

    /// <summary>By the device: there is a port.</summary>
    PortAdd = 1,

    /// <summary>By the device: a port is gone.</summary>
    PortRemove = 2,

    /// <summary>By the driver: it can use the port, or not.</summary>
    PortReady = 3,

    /// <summary>By the device: the port is a console.</summary>
    ConsolePort = 4,

    /// <summary>By the device: the size of the terminal.</summary>
    Resize = 5,

    /// <summary>By either: its end of the port is open, or closed.</summary>
    PortOpen = 6,

    /// <summary>By the device: the name of the port.</summary>
    PortName = 7,
}
