using Vmm.Core.Buses;
using Vmm.Core.Machine;
using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Integration.Tests.Linux;

/// <summary>Serves port accesses, and ends the machine when the guest has sent enough to the serial port.</summary>
internal sealed class EndingIoHandler(PortBus ports, MachineLifecycle lifecycle) : IVmCallHandler
{
    public const string Enough = "the kernel has introduced itself";

    private const ulong SerialPort = 0x3F8;
    private const ulong Write = 1;
    private const int Letters = 300;

    private readonly IoHandler _handler = new(ports);
    private int _letters;

    public VmCallLeaf Leaf => _handler.Leaf;

    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        VmCallStatus status = _handler.Handle(in call, ref result);
        if (call.R13 == Write && call.R14 == SerialPort && ++_letters == Letters)
        {
            lifecycle.End(new MachineOutcome(MachineOutcomeKind.Stopped, Enough));
        }

        return status;
    }
}
