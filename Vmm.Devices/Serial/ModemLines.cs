namespace Vmm.Devices.Serial;

/// <summary>MCR and MSR: a cable whose other end is always ready, or, in loopback, the UART's own outputs.</summary>
internal sealed class ModemLines
{
    private const ModemStatus Connected = ModemStatus.Cts | ModemStatus.Dsr | ModemStatus.Dcd;

    private ModemStatus _deltas;

    public ModemControl Control { get; private set; }

    public bool Loopback => (Control & ModemControl.Loopback) != 0;

    /// <summary>Loopback forces the output pins inactive, OUT2 among them.</summary>
    public bool InterruptConnected => (Control & (ModemControl.Out2 | ModemControl.Loopback)) == ModemControl.Out2;

    public bool InterruptPending => _deltas != ModemStatus.None;

    private ModemStatus Inputs => !Loopback
        ? Connected
        : When(ModemControl.Rts, ModemStatus.Cts) | When(ModemControl.Dtr, ModemStatus.Dsr)
            | When(ModemControl.Out1, ModemStatus.Ri) | When(ModemControl.Out2, ModemStatus.Dcd);

    public void WriteControl(byte value)
    {
        ModemStatus before = Inputs;
        Control = (ModemControl)value & ModemControl.Implemented;
        ModemStatus changed = before ^ Inputs;

        // The delta bits lie four below their inputs; that of RI records only the trailing edge.
        ModemStatus edges = (changed & ~ModemStatus.Ri) | (changed & before & ModemStatus.Ri);
        _deltas |= (ModemStatus)((byte)edges >> 4);
    }

    public ModemStatus ReadStatus()
    {
        ModemStatus status = Inputs | _deltas;
        _deltas = ModemStatus.None;
        return status;
    }

    public byte Deltas => (byte)_deltas;

    public void Restore(byte control, byte deltas)
    {
        Control = (ModemControl)control & ModemControl.Implemented;
        _deltas = (ModemStatus)deltas;
    }

    public void Reset()
    {
        Control = ModemControl.None;
        _deltas = ModemStatus.None;
    }

    private ModemStatus When(ModemControl output, ModemStatus input) => (Control & output) != 0 ? input : ModemStatus.None;
}
