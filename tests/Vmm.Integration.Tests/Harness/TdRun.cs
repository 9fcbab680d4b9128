using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Host.Composition;

namespace Vmm.Integration.Tests.Harness;

/// <summary>A TD that has come to its end, with all that it left behind.</summary>
internal sealed class TdRun(ITdBackend backend, KvmSystem kvm, AsyncServiceScope scope, MachineOutcome outcome, TestStreams streams, IReadOnlyList<ExitCounters> exits) : IDisposable
{
    /// <summary>How it ended.</summary>
    public MachineOutcome Outcome => outcome;

    /// <summary>How often each vCPU exited.</summary>
    public IReadOnlyList<ExitCounters> Exits => exits;

    /// <summary>What it printed.</summary>
    public string Console => streams.Text("console");

    /// <summary>The machine's parts.</summary>
    public IServiceProvider Services => scope.ServiceProvider;

    /// <summary>The test device.</summary>
    public Recorder Recorder => Services.GetRequiredService<MachineDevices>().All.OfType<Recorder>().Single();

    /// <summary>The TD ended itself with exit code 0.</summary>
    public TdRun Succeeded()
    {
        Assert.True(outcome is { Kind: MachineOutcomeKind.GuestExit, ExitCode: 0 }, $"{outcome.Kind}: {outcome.Message}");
        return this;
    }

    /// <summary>The TD was stopped because of what it did.</summary>
    /// <param name="message">The words for it.</param>
    public void Crashed(string message)
    {
        Assert.Equal(message, outcome.Message);
        Assert.Equal(MachineOutcomeKind.Crash, outcome.Kind);
    }

    /// <summary>Memory as the guest sees it, whichever side it is on.</summary>
    public ReadOnlySpan<byte> Bytes(ulong address, int length) => backend.Bytes(Services.GetRequiredService<GuestMemory>(), address, length);

    /// <summary>A quadword of it.</summary>
    public ulong Quadword(ulong address) => MemoryMarshal.Read<ulong>(Bytes(address, sizeof(ulong)));

    /// <summary>The registers that <see cref="TestProgram.Calls"/> or <see cref="TestProgram.Capture"/> stored.</summary>
    public Registers Registers(ulong address, int index = 0) =>
        MemoryMarshal.Read<Registers>(Bytes(address + (ulong)(index * Marshal.SizeOf<Registers>()), Marshal.SizeOf<Registers>()));

    public void Dispose()
    {
        scope.DisposeAsync().AsTask().GetAwaiter().GetResult();
        kvm.Dispose();
    }
}
