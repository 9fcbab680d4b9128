using Vmm.Core.Boot.Acpi;
using Vmm.Core.Buses;
using Vmm.Core.Machine;

namespace Vmm.Devices.Acpi;

/// <summary>Power-off and reset of a hardware-reduced ACPI platform: sleep control, sleep status and reset register (ACPI 6.5, 4.8.3.6 and 4.8.3.7).</summary>
/// <remarks>The only sleep state is S5. The sleep status register therefore has nothing to tell: WAK_STS is never set.</remarks>
/// <param name="name">Instance name.</param>
/// <param name="options">Ports.</param>
/// <param name="machine">Whom power-off and reset are asked of.</param>
[Device("acpi-power", Summary = "ACPI power-off and reset registers")]
public sealed class AcpiPower(string name, AcpiPowerOptions options, IMachineControl machine) : BytePortDevice(
    name,
    new PortRange(options.SleepControlPort, 1, "ACPI sleep control"),
    new PortRange(options.SleepStatusPort, 1, "ACPI sleep status"),
    new PortRange(options.ResetPort, 1, "ACPI reset")), IDeviceState<AcpiPowerState>
{
    private const int SleepControlRange = 0;
    private const int ResetRange = 2;

    private SleepControl _sleepControl;

    /// <inheritdoc/>
    public override void Reset() => _sleepControl = SleepControl.None;

    /// <inheritdoc/>
    public AcpiPowerState SaveState() => new((byte)_sleepControl);

    /// <inheritdoc/>
    public void RestoreState(AcpiPowerState state) => _sleepControl = (SleepControl)state.SleepControl & SleepControl.SleepType;

    /// <inheritdoc/>
    protected override byte ReadRegister(int range, int offset) => range == SleepControlRange ? (byte)_sleepControl : (byte)0;

    /// <inheritdoc/>
    protected override void WriteRegister(int range, int offset, byte value)
    {
        if (range == SleepControlRange)
        {
            var control = (SleepControl)value;
            _sleepControl = control & SleepControl.SleepType;
            if (_sleepControl == SleepControl.SoftOff && (control & SleepControl.SleepEnable) != 0)
            {
                machine.RequestPowerOff("ACPI sleep control register");
            }
        }
        else if (range == ResetRange && value == AcpiPorts.ResetValue)
        {
            machine.RequestReset("ACPI reset register");
        }
    }
}
