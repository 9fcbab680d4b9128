namespace Vmm.Devices.Serial;

/// <summary>IIR: the pending interrupt of the highest priority.</summary>
internal enum InterruptIdentification : byte
{
    ModemStatus = 0x0,
    None = 0x1,
    TransmitterEmpty = 0x2,
    ReceivedData = 0x4,
    LineStatus = 0x6,
    CharacterTimeout = 0xC,

    /// <summary>Bits 7:6, or-ed in while the FIFOs are enabled.</summary>
    FifosEnabled = 0xC0,
}
