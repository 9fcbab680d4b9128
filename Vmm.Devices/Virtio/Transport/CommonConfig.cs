using System.Buffers.Binary;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Transport;

/// <summary>The common configuration structure (virtio 1.2, 4.1.4.3): negotiation, status and the set-up of queues.</summary>
/// <param name="device">The device.</param>
internal sealed class CommonConfig(VirtioDevice device)
{
    private const int HalfBits = 32;

    private uint _deviceFeatureSelect;
    private uint _driverFeatureSelect;
    private ushort _queueSelect;
    private int _configVector = QueueRegisters.NoVector;

    /// <summary>The vector of configuration changes. Any thread.</summary>
    public int ConfigVector => Volatile.Read(ref _configVector);

    private QueueRegisters? Queue => _queueSelect < device.Queues.Count ? device.Queues[_queueSelect].Registers : null;

    // 4.1.4.3.2: a queue that is enabled is settled; what a driver writes then is lost.
    private QueueRegisters? UnsettledQueue => Queue is { Enabled: false } queue ? queue : null;

    /// <summary>Returns to the values after a reset.</summary>
    public void Reset()
    {
        (_deviceFeatureSelect, _driverFeatureSelect, _queueSelect) = (0, 0, 0);
        Volatile.Write(ref _configVector, QueueRegisters.NoVector);
    }

    /// <summary>The driver reads. 4.1.3.1: each register at its own width, addresses by halves as well.</summary>
    public void Read(int offset, Span<byte> data)
    {
        if (data.Length == sizeof(ulong))
        {
            Read(offset, data[..sizeof(uint)]);
            Read(offset + sizeof(uint), data[sizeof(uint)..]);
            return;
        }

        var register = (CommonRegister)offset;
        uint value = Read(register);
        switch (data.Length)
        {
            case sizeof(uint) when WidthOf(register) == sizeof(uint):
                BinaryPrimitives.WriteUInt32LittleEndian(data, value);
                break;
            case sizeof(ushort) when WidthOf(register) == sizeof(ushort):
                BinaryPrimitives.WriteUInt16LittleEndian(data, (ushort)value);
                break;
            case sizeof(byte) when WidthOf(register) == sizeof(byte):
                data[0] = (byte)value;
                break;
        }
    }

    /// <summary>The driver writes; at another width than the register's it writes nothing.</summary>
    public void Write(int offset, ReadOnlySpan<byte> data)
    {
        if (data.Length == sizeof(ulong))
        {
            Write(offset, data[..sizeof(uint)]);
            Write(offset + sizeof(uint), data[sizeof(uint)..]);
            return;
        }

        var register = (CommonRegister)offset;
        if (data.Length == WidthOf(register))
        {
            Write(register, data.Length switch
            {
                sizeof(uint) => BinaryPrimitives.ReadUInt32LittleEndian(data),
                sizeof(ushort) => BinaryPrimitives.ReadUInt16LittleEndian(data),
                _ => data[0],
            });
        }
    }

    private static int WidthOf(CommonRegister register) => register switch
    {
        CommonRegister.DeviceStatus or CommonRegister.ConfigGeneration => sizeof(byte),
        CommonRegister.ConfigVector or CommonRegister.QueueCount or CommonRegister.QueueSelect or CommonRegister.QueueSize
            or CommonRegister.QueueVector or CommonRegister.QueueEnable or CommonRegister.QueueNotifyOffset => sizeof(ushort),
        _ => sizeof(uint),
    };

    private uint Read(CommonRegister register) => register switch
    {
        CommonRegister.DeviceFeatureSelect => _deviceFeatureSelect,
        CommonRegister.DeviceFeature => Half(device.OfferedFeatures, _deviceFeatureSelect),
        CommonRegister.DriverFeatureSelect => _driverFeatureSelect,
        CommonRegister.DriverFeature => Half(device.DriverFeatures, _driverFeatureSelect),
        CommonRegister.ConfigVector => (uint)ConfigVector,
        CommonRegister.QueueCount => (uint)device.Queues.Count,
        CommonRegister.DeviceStatus => (uint)device.Status,
        CommonRegister.ConfigGeneration => device.ConfigGeneration,
        CommonRegister.QueueSelect => _queueSelect,
        CommonRegister.QueueSize => Queue?.Size ?? 0u, // 0: there is no such queue
        CommonRegister.QueueVector => Queue?.Vector ?? QueueRegisters.NoVector,
        CommonRegister.QueueEnable => Queue is { Enabled: true } ? 1u : 0u,
        CommonRegister.QueueNotifyOffset => Queue is null ? 0u : _queueSelect,
        CommonRegister.QueueDescriptorsLow => Half(Queue?.Addresses.Descriptors ?? 0, 0),
        CommonRegister.QueueDescriptorsHigh => Half(Queue?.Addresses.Descriptors ?? 0, 1),
        CommonRegister.QueueDriverLow => Half(Queue?.Addresses.Driver ?? 0, 0),
        CommonRegister.QueueDriverHigh => Half(Queue?.Addresses.Driver ?? 0, 1),
        CommonRegister.QueueDeviceLow => Half(Queue?.Addresses.Device ?? 0, 0),
        CommonRegister.QueueDeviceHigh => Half(Queue?.Addresses.Device ?? 0, 1),
        _ => 0,
    };

    private void Write(CommonRegister register, uint value)
    {
        switch (register)
        {
            case CommonRegister.DeviceFeatureSelect:
                _deviceFeatureSelect = value;
                break;
            case CommonRegister.DriverFeatureSelect:
                _driverFeatureSelect = value;
                break;
            case CommonRegister.DriverFeature:
                device.DriverFeatures = WithHalf(device.DriverFeatures, _driverFeatureSelect, value);
                break;
            case CommonRegister.ConfigVector:
                Volatile.Write(ref _configVector, KnownVector(value));
                break;
            case CommonRegister.DeviceStatus:
                device.WriteStatus((VirtioStatus)value);
                break;
            case CommonRegister.QueueSelect:
                _queueSelect = (ushort)value;
                break;
            default:
                WriteQueue(register, value);
                break;
        }
    }

    private void WriteQueue(CommonRegister register, uint value)
    {
        if (register == CommonRegister.QueueVector && Queue is { } any)
        {
            any.Vector = KnownVector(value);
            return;
        }

        if (UnsettledQueue is not { } queue)
        {
            return;
        }

        switch (register)
        {
            case CommonRegister.QueueSize:
                queue.Size = value <= device.Queues[_queueSelect].MaximumSize ? (ushort)value : queue.Size;
                break;
            case CommonRegister.QueueEnable:
                queue.Enabled = value == 1 && (device.Status & VirtioStatus.FeaturesOk) != 0;
                break;
            case CommonRegister.QueueDescriptorsLow or CommonRegister.QueueDescriptorsHigh:
                queue.Descriptors = WithHalf(queue.Descriptors, HalfOf(register), value);
                break;
            case CommonRegister.QueueDriverLow or CommonRegister.QueueDriverHigh:
                queue.Driver = WithHalf(queue.Driver, HalfOf(register), value);
                break;
            case CommonRegister.QueueDeviceLow or CommonRegister.QueueDeviceHigh:
                queue.Device = WithHalf(queue.Device, HalfOf(register), value);
                break;
        }
    }

    // 4.1.5.1.2: a vector that the device has not is refused by reading back as none.
    private ushort KnownVector(uint value) => value < device.Vectors!.Count ? (ushort)value : QueueRegisters.NoVector;

    private static uint HalfOf(CommonRegister register) => (uint)register / sizeof(uint) & 1;

    private static uint Half(ulong value, uint half) => half < 2 ? (uint)(value >> (HalfBits * (int)half)) : 0;

    private static ulong WithHalf(ulong value, uint half, uint part) => half switch
    {
        0 => (value & ~(ulong)uint.MaxValue) | part,
        1 => (value & uint.MaxValue) | ((ulong)part << HalfBits),
        _ => value,
    };
}
