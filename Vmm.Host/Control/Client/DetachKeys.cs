using Vmm.Host.Errors;

namespace Vmm.Host.Control.Client;

/// <summary>
/// Finds the keys that leave a console in what is typed, written as docker does: <c>ctrl-a,d</c>. What only begins like them is held back until it
/// is known not to be them, and then passed on whole.
/// </summary>
/// <param name="sequence">The keys.</param>
internal sealed class DetachKeys(byte[] sequence)
{
    /// <summary>The keys where no others are asked for.</summary>
    public const string Default = "ctrl-a,d";

    private const string Control = "ctrl-";
    private const byte ControlMask = 0x1F;

    private int _matched;

    /// <summary>Reads their description; empty for none.</summary>
    /// <exception cref="UserErrorException">It names no keys.</exception>
    public static DetachKeys Parse(string text) => new(text.Length == 0 ? [] : [.. text.Split(',').Select(key => Key(key, text))]);

    /// <summary>Looks at what was typed.</summary>
    /// <param name="typed">The bytes.</param>
    /// <param name="forGuest">What the guest gets of these and of those before.</param>
    /// <returns>Whether the keys were completed; what stands behind them is dropped.</returns>
    public bool Filter(ReadOnlySpan<byte> typed, List<byte> forGuest)
    {
        foreach (byte key in typed)
        {
            if (sequence.Length == 0)
            {
                forGuest.Add(key);
                continue;
            }

            if (key != sequence[_matched])
            {
                forGuest.AddRange(sequence.AsSpan(0, _matched));
                _matched = 0;
            }

            if (key != sequence[_matched])
            {
                forGuest.Add(key);
            }
            else if (++_matched == sequence.Length)
            {
                _matched = 0;
                return true;
            }
        }

        return false;
    }

    private static byte Key(string key, string all) => key switch
    {
        [var one] when char.IsAscii(one) => (byte)one,
        _ when key.StartsWith(Control, StringComparison.Ordinal) && key[Control.Length..] is [var letter] && letter is (>= 'a' and <= 'z') or '@' or '[' or '\\' or ']' or '^' or '_' =>
            (byte)(letter & ControlMask),
        _ => throw new UserErrorException(ExitCode.Usage, $"--detach-keys: expected keys such as {Default}, found \"{all}\""),
    };
}
