using Iced.Intel;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Buses;
using Vmm.Core.Machine;
using Vmm.Host.Configuration;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Devices;

/// <summary>A device that throws while it serves a TD.</summary>
public sealed class DeviceFaultTests
{
    private static readonly TdOptions WithBroken = TdOptions.Default with { Devices = ["debug-exit", Recorder.Type, Broken.Type] };

    [KvmFact]
    public void Fault_Continue_TdReadsAllOnesAndGoesOn()
    {
        TestProgram program = new();
        program.PortIn(Broken.Port, 1);
        ulong value = program.Store(r11);
        program.PortOut(Broken.Port, 1);

        using TdRun run = TdRunner.Run(program, WithBroken).Succeeded();

        Assert.Equal(0xFFUL, run.Quadword(value));
        Assert.Equal(2, run.Services.GetRequiredService<DeviceBuses>().Devices.Single(device => device.Device is Broken).Faults);
    }

    [KvmFact]
    public void Fault_Stop_EndsTheTdWithTheDeviceTheAccessAndTheReason()
    {
        TestProgram program = new();
        Label forever = program.CreateLabel();
        program.PortIn(Broken.Port, 1);
        program.Label(ref forever);
        program.pause();
        program.jmp(forever);

        using TdRun run = TdRunner.Run(program, WithBroken with { OnFault = FaultAction.Stop });

        Assert.Equal(MachineOutcomeKind.DeviceFault, run.Outcome.Kind);
        Assert.Equal("device 'broken' failed on a read of 1 bytes at port 0x5a0: InvalidOperationException: read while broken (\"onFault\" is \"stop\")", run.Outcome.Message);
    }
}
