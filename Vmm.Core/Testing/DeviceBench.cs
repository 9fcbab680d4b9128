using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Machine;
using Vmm.Core.Memory;

namespace Vmm.Core.Testing;

/// <summary>
/// A machine without a guest, to drive devices on: real buses, and fakes for the clock, memory, interrupts, streams and the machine's switches.
/// </summary>
/// <remarks>
/// A test makes its device from these fakes and attaches it. As a service provider the bench gives a constructor what a machine would give it.
/// Faults of the devices are collected, not thrown: a test ends with a look at <see cref="Faults"/>.
/// </remarks>
public sealed class DeviceBench : IServiceProvider
{
    private const int KeptFaults = 256; // a device that fails on every access must not fill memory

    private readonly List<Device> _devices = [];
    private readonly List<DeviceFault> _faults = [];
    private readonly Dictionary<Type, object> _replaced = [];
    private DeviceBuses _buses;

    /// <summary>Sets the bench up.</summary>
    /// <param name="devices">Devices to attach at once.</param>
    public DeviceBench(params Device[] devices)
    {
        _devices.AddRange(devices);
        _buses = Assemble();
    }

    /// <summary>The clock.</summary>
    public FakeTime Time { get; init; } = new();

    /// <summary>Interrupt lines.</summary>
    public FakeInterrupts Interrupts { get; init; } = new();

    /// <summary>Message-signalled interrupts.</summary>
    public FakeMsi Msi { get; init; } = new();

    /// <summary>Guest memory.</summary>
    public FakeMemory Memory { get; init; } = new();

    /// <summary>Byte streams.</summary>
    public FakeStreams Streams { get; init; } = new();

    /// <summary>The machine's switches.</summary>
    public FakeMachine Machine { get; init; } = new();

    /// <summary>The devices with their counters.</summary>
    public IReadOnlyList<AttachedDevice> Devices => _buses.Devices;

    /// <summary>Accesses that a device answered with an exception; the first 256.</summary>
    public IReadOnlyList<DeviceFault> Faults => _faults;

    /// <summary>Called for every fault.</summary>
    public Action<DeviceFault>? DeviceFaulted { get; set; }

    /// <summary>Port I/O.</summary>
    public PortBus Ports => _buses.Ports;

    /// <summary>Memory-mapped I/O.</summary>
    public MmioBus Mmio => _buses.Mmio;

    /// <summary>Puts a device on the buses.</summary>
    /// <exception cref="BusConflictException">It is in the way of another one.</exception>
    public T Attach<T>(T device)
        where T : Device
    {
        _devices.Add(device);
        _buses = Assemble();
        return device;
    }

    /// <summary>Gives devices another service than the bench's own, or one that the bench does not have.</summary>
    public DeviceBench Provide<T>(T service)
        where T : class
    {
        _replaced[typeof(T)] = service;
        return this;
    }

    /// <summary>Reads a byte from a port.</summary>
    public byte In(int port) => (byte)Ports.Read((ushort)port, 1);

    /// <summary>Reads four bytes from a port.</summary>
    public uint InDword(int port) => (uint)Ports.Read((ushort)port, sizeof(uint));

    /// <summary>Writes a byte to a port.</summary>
    public void Out(int port, int value) => Ports.Write((ushort)port, 1, (ulong)value);

    /// <summary>Writes 1, 2 or 4 bytes to a port.</summary>
    public void Out(int port, int size, uint value) => Ports.Write((ushort)port, size, value);

    /// <summary>Returns all devices to their power-on state.</summary>
    public void Reset() => _buses.Reset();

    /// <inheritdoc/>
    public object? GetService(Type serviceType) =>
        _replaced.TryGetValue(serviceType, out object? service) ? service
        : serviceType == typeof(TimeProvider) ? Time
        : serviceType == typeof(IInterruptController) ? Interrupts
        : serviceType == typeof(IMsiSink) || serviceType == typeof(IMsiLines) ? Msi
        : serviceType == typeof(IDeviceMemory) ? Memory
        : serviceType == typeof(IByteStreams) ? Streams
        : serviceType == typeof(IMachineControl) ? Machine
        : serviceType == typeof(ILoggerFactory) ? NullLoggerFactory.Instance
        : NullLoggerOf(serviceType);

    private DeviceBuses Assemble() => DeviceBuses.Assemble(
        _devices, new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System) { DeviceFaulted = Faulted });

    private void Faulted(DeviceFault fault)
    {
        lock (_faults) // a device's own threads report, too
        {
            if (_faults.Count < KeptFaults)
            {
                _faults.Add(fault);
            }
        }

        DeviceFaulted?.Invoke(fault);
    }

    // Loggers are classes: their generic instantiations share code, so that none is missing after ahead-of-time compilation.
    [UnconditionalSuppressMessage("Aot", "IL3050", Justification = "instantiations over reference types share code")]
    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "NullLogger<T> has no requirements on T")]
    [UnconditionalSuppressMessage("Trimming", "IL2077", Justification = "its instance is a public field")]
    private static object? NullLoggerOf(Type serviceType) =>
        serviceType.IsGenericType && serviceType.GetGenericTypeDefinition() == typeof(ILogger<>)
            ? Activator.CreateInstance(typeof(NullLogger<>).MakeGenericType(serviceType.GenericTypeArguments))
            : null;
}
