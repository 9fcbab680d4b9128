namespace Vmm.Host.Terminal;

/// <summary>What the user asks of the console itself, not of the guest.</summary>
public enum ConsoleCommand
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>End the machine.</summary>
    Quit,

    /// <summary>List the keys.</summary>
    Help,
}
