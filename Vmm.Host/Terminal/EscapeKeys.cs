namespace Vmm.Host.Terminal;

/// <summary>Takes the console's own keys out of what the user types: Ctrl-A and a letter, as in other VMMs.</summary>
public sealed class EscapeKeys
{
    /// <summary>Ctrl-A.</summary>
    public const byte Escape = 0x01;

    /// <summary>What the keys do, for <see cref="ConsoleCommand.Help"/>.</summary>
    public const string Help = "Ctrl-A x: end the machine   Ctrl-A Ctrl-A: send Ctrl-A   Ctrl-A h: this help";

    private bool _escaped;

    /// <summary>Handles one key.</summary>
    /// <param name="key">The byte that was typed.</param>
    /// <param name="forGuest">Whether the guest gets it.</param>
    /// <returns>What else to do.</returns>
    public ConsoleCommand Handle(byte key, out bool forGuest)
    {
        bool escaped = _escaped;
        _escaped = !escaped && key == Escape;
        forGuest = escaped ? key == Escape : !_escaped;
        return (escaped, (char)key) switch
        {
            (true, 'x' or 'X') => ConsoleCommand.Quit,
            (true, 'h' or 'H' or '?') => ConsoleCommand.Help,
            _ => ConsoleCommand.None,
        };
    }
}
