using Vmm.Core.Buses;
using Vmm.Core.Machine;

namespace Vmm.Devices.DebugExit;

/// <summary>Ends the run with an exit code of the guest's choice: a write of v, in 1, 2 or 4 bytes, exits with v &amp; 0xFF.</summary>
/// <remarks>The code is passed on as it is; there is no shift, as other machines have it. Reads are all-ones.</remarks>
/// <param name="name">Instance name.</param>
/// <param name="options">Ports.</param>
/// <param name="machine">Whom the exit is asked of.</param>
[Device("debug-exit", Summary = "Ends the run with an exit code that the guest writes")]
public sealed class DebugExitPort(string name, DebugExitOptions options, IMachineControl machine) : Device(name), IPortDevice
{
    private const int PortCount = sizeof(uint);
    private const byte AllOnes = 0xFF;

    /// <inheritdoc/>
    public IReadOnlyList<PortRange> Ports { get; } = [new PortRange(options.Port, PortCount, "debug exit")];

    /// <inheritdoc/>
    public void ReadPort(int range, int offset, Span<byte> data) => data.Fill(AllOnes);

    /// <inheritdoc/>
    public void WritePort(int range, int offset, ReadOnlySpan<byte> data)
    {
        if (offset == 0)
        {
            machine.RequestExit(data[0], "debug exit");
        }
    }
}
