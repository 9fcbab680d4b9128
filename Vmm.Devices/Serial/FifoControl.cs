namespace Vmm.Devices.Serial;

/// <summary>FCR.</summary>
[Flags]
internal enum FifoControl : byte
{
    None = 0,
    Enable = 1 << 0,
    ResetReceiver = 1 << 1,
    ResetTransmitter = 1 << 2,
    DmaMode = 1 << 3,

    /// <summary>Bits 7:6: how many bytes make the receiver FIFO raise its interrupt.</summary>
    TriggerLevel = 3 << 6,
}
