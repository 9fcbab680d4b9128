namespace Vmm.Devices.Keyboard;

/// <summary>The controller's command byte.</summary>
[Flags]
internal enum I8042CommandByte : byte
{
    None = 0,
    KeyboardInterrupt = 1 << 0,
    AuxiliaryInterrupt = 1 << 1,
    SystemFlag = 1 << 2,
    KeyboardDisabled = 1 << 4,
    AuxiliaryDisabled = 1 << 5,
    Translate = 1 << 6,
}
