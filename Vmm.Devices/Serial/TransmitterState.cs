namespace Vmm.Devices.Serial;

/// <summary>THRE and the interrupt it raises.</summary>
internal sealed class TransmitterState
{
    private bool _blocked;
    private bool _edgeOwed;

    public bool InterruptPending { get; private set; }

    /// <summary>The transmitter's bits of LSR. They are clear while the host is slow.</summary>
    public LineStatus Status => _blocked ? LineStatus.None : LineStatus.TransmitterHoldingEmpty | LineStatus.TransmitterEmpty;

    /// <summary>THR was written. The byte is gone at once, so that the interrupt which the write cleared is pending again.</summary>
    /// <param name="outputRoom">Room on the way to the host. A driver that sees THRE may write 16 bytes without looking again.</param>
    public void Written(int outputRoom)
    {
        _blocked = outputRoom < ReceiveFifo.Depth;

        // Where the interrupt was pending already, a new edge of the line is owed. The driver normally reads IIR before it needs one,
        // so it is not paid at once: a burst of 16 bytes costs one interrupt and not 16.
        _edgeOwed = InterruptPending && !_blocked;
        InterruptPending = !_blocked;
    }

    /// <summary>ETBEI was set: an empty transmitter raises its interrupt. Drivers test a UART and start transmission this way.</summary>
    public void InterruptEnabled() => InterruptPending = !_blocked;

    /// <summary>IIR was read and named this interrupt.</summary>
    public void InterruptRead()
    {
        InterruptPending = false;
        _edgeOwed = false;
    }

    /// <summary>The host has taken all output.</summary>
    /// <returns>Whether the interrupt line must fall before it may rise.</returns>
    public bool Drained()
    {
        bool edgeOwed = _edgeOwed;
        _edgeOwed = false;
        InterruptPending |= _blocked;
        _blocked = false;
        return edgeOwed;
    }

    /// <summary>Takes up the interrupt of another one; what blocked that one does not block this.</summary>
    public void Restore(bool interruptPending)
    {
        InterruptPending = interruptPending;
        _edgeOwed = false;
        _blocked = false;
    }

    public void Reset()
    {
        InterruptPending = false;
        _edgeOwed = false;
    }
}
