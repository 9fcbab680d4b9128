namespace Vmm.Core.Interrupts;

/// <summary>A line without a route of its own: it hands its message over each time.</summary>
/// <param name="sink">Takes the message.</param>
public sealed class MsiSinkLine(IMsiSink sink) : IMsiLine
{
    private MsiMessage _message;

    /// <inheritdoc/>
    public void SetMessage(MsiMessage message) => _message = message;

    /// <inheritdoc/>
    public void Signal() => sink.Signal(_message.Address, _message.Data);
}
