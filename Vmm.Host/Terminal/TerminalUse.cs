namespace Vmm.Host.Terminal;

/// <summary>What the terminal of the process is to the machine.</summary>
public enum TerminalUse
{
    /// <summary>Its only console.</summary>
    OnlyConsole,

    /// <summary>One of its consoles: others can come over the control API.</summary>
    OneConsole,

    /// <summary>No console of the machine: standard input is not read, and only messages are printed.</summary>
    MessagesOnly,
}
