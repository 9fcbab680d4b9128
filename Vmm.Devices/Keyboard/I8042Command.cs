namespace Vmm.Devices.Keyboard;

/// <summary>Controller commands, written to port 0x64.</summary>
internal enum I8042Command : byte
{
    ReadCommandByte = 0x20,
    WriteCommandByte = 0x60,
    DisableAuxiliary = 0xA7,
    EnableAuxiliary = 0xA8,
    TestAuxiliary = 0xA9,
    SelfTest = 0xAA,
    TestKeyboard = 0xAB,
    DisableKeyboard = 0xAD,
    EnableKeyboard = 0xAE,
    ReadOutputPort = 0xD0,
    WriteOutputPort = 0xD1,
    WriteKeyboardOutput = 0xD2,
    WriteAuxiliaryOutput = 0xD3,
    WriteAuxiliary = 0xD4,

    /// <summary>0xF0 to 0xFF: pulses the output-port lines whose bits are clear in 3:0. Bit 0 is the processor's reset.</summary>
    PulseOutputPort = 0xF0,
}
