namespace Vmm.Devices.Serial;

/// <summary>State of a UART's receiver.</summary>
/// <param name="FifoEnabled">Whether it has a FIFO.</param>
/// <param name="Trigger">Bytes that raise its interrupt.</param>
/// <param name="Status">Errors that LSR shows.</param>
/// <param name="Data">Bytes received and not read, oldest first.</param>
/// <param name="Errors">The errors of each.</param>
public sealed record ReceiverState(bool FifoEnabled, int Trigger, byte Status, IReadOnlyList<byte> Data, IReadOnlyList<byte> Errors);
