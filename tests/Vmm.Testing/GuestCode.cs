using Iced.Intel;

namespace Vmm.Testing;

/// <summary>Assembles guest programs.</summary>
public static class GuestCode
{
    /// <summary>Assembles a program of 16-bit code.</summary>
    /// <param name="origin">Where it will lie.</param>
    /// <param name="write">Writes it.</param>
    public static byte[] RealMode(ulong origin, Action<Assembler> write) => Assemble(16, origin, write);

    /// <summary>Assembles a program of 64-bit code.</summary>
    /// <param name="origin">Where it will lie.</param>
    /// <param name="write">Writes it.</param>
    public static byte[] LongMode(ulong origin, Action<Assembler> write) => Assemble(64, origin, write);

    private static byte[] Assemble(int bitness, ulong origin, Action<Assembler> write)
    {
        var assembler = new Assembler(bitness);
        write(assembler);
        using var code = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(code), origin);
        return code.ToArray();
    }
}
