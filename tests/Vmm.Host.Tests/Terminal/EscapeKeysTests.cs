using System.Text;
using Vmm.Host.Terminal;

namespace Vmm.Host.Tests.Terminal;

public sealed class EscapeKeysTests
{
    [Theory]
    [InlineData("abc", "abc", "")]
    [InlineData("a\u0003b", "a\u0003b", "")]
    [InlineData("\u0001x", "", "Quit")]
    [InlineData("ls\u0001hps", "lsps", "Help")]
    [InlineData("\u0001\u0001x", "\u0001x", "")]
    [InlineData("\u0001qx", "x", "")]
    [InlineData("\u0001\u0001\u0001X", "\u0001", "Quit")]
    public void Handle_Keys_GoToGuestOrConsole(string typed, string forGuest, string commands)
    {
        EscapeKeys keys = new();
        StringBuilder guest = new();
        List<ConsoleCommand> obeyed = [];
        foreach (char key in typed)
        {
            ConsoleCommand command = keys.Handle((byte)key, out bool pass);
            if (pass)
            {
                guest.Append(key);
            }

            if (command != ConsoleCommand.None)
            {
                obeyed.Add(command);
            }
        }

        Assert.Equal(forGuest, guest.ToString());
        Assert.Equal(commands, string.Join(' ', obeyed));
    }
}
