namespace Vmm.Core.Interrupts;

/// <summary>A message-signalled interrupt that is sent again and again: its message is set once, and what remains for each time is a signal.</summary>
public interface IMsiLine
{
    /// <summary>Says which message a signal is from now on. One thread at a time.</summary>
    /// <param name="message">The message; one that no processor could get is sent to nobody.</param>
    void SetMessage(MsiMessage message);

    /// <summary>Sends it. Any thread; allocates nothing.</summary>
    void Signal();
}
