using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Guests;

/// <summary>Routines of a guest that talks over COM1 by TDVMCALLs, one character at a time. They keep RBX, RBP, RSI, RDI and R9.</summary>
public sealed class SerialLine
{
    private const ushort Com1 = 0x3F8;
    private const ushort LineStatus = Com1 + 5;
    private const byte DataReady = 0x01;
    private const byte TransmitterEmpty = 0x20;

    private readonly GuestCode _code;
    private readonly Label _put;
    private readonly Label _get;

    /// <summary>Prepares the routines for a program.</summary>
    public SerialLine(GuestCode code)
    {
        _code = code;
        _put = code.CreateLabel();
        _get = code.CreateLabel();
    }

    /// <summary>Calls the routine that prints the character in R15.</summary>
    public void Put() => _code.call(_put);

    /// <summary>Prints a character.</summary>
    public void Put(char character)
    {
        _code.mov(r15d, character);
        Put();
    }

    /// <summary>Calls the routine that waits for a character; it is in R11.</summary>
    public void Get() => _code.call(_get);

    /// <summary>Places the routines.</summary>
    public void Place()
    {
        Label put = _put;
        Label get = _get;
        Label full = _code.CreateLabel();

        _code.Label(ref put);
        _code.mov(r8, r15);
        _code.Label(ref full);
        _code.PortIn(LineStatus, 1);
        _code.test(r11d, TransmitterEmpty);
        _code.je(full);
        _code.mov(r15, r8);
        _code.PortOut(Com1, 1);
        _code.ret();

        _code.Label(ref get);
        _code.PortIn(LineStatus, 1);
        _code.test(r11d, DataReady);
        _code.je(get);
        _code.PortIn(Com1, 1);
        _code.ret();
    }
}
