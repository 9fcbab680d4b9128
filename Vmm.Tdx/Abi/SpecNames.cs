using System.Text;

namespace Vmm.Tdx.Abi;

/// <summary>Turns names of the code into those of the specification: <c>SeptVeDisable</c> is SEPT_VE_DISABLE.</summary>
public static class SpecNames
{
    /// <summary>The name of a value; its number where it has none.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Enum.GetName(value) is { } name ? UpperSnake(name) : $"0x{Convert.ToUInt64(value, null):x}";

    /// <summary>The names of the bits that are set, joined by <c>|</c>; what has no name as a number, nothing as 0.</summary>
    public static string OfFlags<T>(T value)
        where T : struct, Enum
    {
        ulong left = Convert.ToUInt64(value, null);
        if (left == 0)
        {
            return "0";
        }

        List<string> names = [];
        foreach (T flag in Enum.GetValues<T>())
        {
            ulong bits = Convert.ToUInt64(flag, null);
            if (bits != 0 && (left & bits) == bits)
            {
                names.Add(UpperSnake(flag.ToString()));
                left &= ~bits;
            }
        }

        return string.Join('|', left == 0 ? names : [.. names, $"0x{left:x}"]);
    }

    /// <summary>The name of a TDVMCALL's status.</summary>
    public static string Of(VmCallStatus status) => status == VmCallStatus.GpaInUse ? "GPA_INUSE" : Of<VmCallStatus>(status);

    private static string UpperSnake(string name)
    {
        StringBuilder text = new(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1]))
            {
                text.Append('_');
            }

            text.Append(char.ToUpperInvariant(name[i]));
        }

        return text.ToString();
    }
}
