namespace Vmm.Devices.Keyboard;

/// <summary>Status register, port 0x64. Input is taken at once, so that the input buffer is never full.</summary>
[Flags]
internal enum I8042Status : byte
{
    None = 0,
    OutputBufferFull = 1 << 0,
    InputBufferFull = 1 << 1,
    SystemFlag = 1 << 2,
    LastWriteWasCommand = 1 << 3,
    KeyboardUnlocked = 1 << 4,
    AuxiliaryOutputBufferFull = 1 << 5,

    /// <summary>The keyboard did not answer.</summary>
    Timeout = 1 << 6,
    ParityError = 1 << 7,
}
