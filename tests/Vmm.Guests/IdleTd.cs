using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Guests;

/// <summary>A TD that says that it runs, one character, and then costs nothing: it waits for an interrupt that does not come.</summary>
public static class IdleTd
{
    /// <summary>What it prints.</summary>
    public const char Sign = '!';

    private const uint Hlt = 12;

    private const uint InterruptsAllowed = 0;

    /// <summary>Assembles the program.</summary>
    public static byte[] Assemble()
    {
        GuestCode code = new();
        SerialLine line = new(code);
        line.Put(Sign);
        Label halt = code.CreateLabel();

        // With interrupts off it could never go on, and the machine would say so and end.
        code.sti();
        code.Label(ref halt);
        code.mov(r12d, InterruptsAllowed);
        code.VmCall(Hlt);
        code.jmp(halt);
        line.Place();
        return code.ToBytes();
    }
}
