using Vmm.Devices.Serial;

namespace Vmm.Devices.Tests.Serial;

/// <summary>COM1 with everything around it, and its registers by their data-sheet names.</summary>
public abstract class Uart16550Fixture : IAsyncDisposable
{
    private const int Base = 0x3F8;
    protected const int RBR = Base, THR = Base, DLL = Base, IER = Base + 1, DLM = Base + 1, IIR = Base + 2, FCR = Base + 2;
    protected const int LCR = Base + 3, MCR = Base + 4, LSR = Base + 5, MSR = Base + 6, SCR = Base + 7;
    protected const int ConnectedMcr = 0x0B; // DTR, RTS, OUT2

    private readonly FakeInterrupts _interrupts = new();

    protected Uart16550Fixture(long streamThreshold = 64 * 1024)
    {
        Streams = new FakeStreams(streamThreshold);
        Uart = new Uart16550("com1", new Uart16550Options(), _interrupts, Streams, TimeProvider.System);
        Bus = new DeviceBench(Uart);
    }

    internal FakeStreams Streams { get; }

    internal FakeStream Stream => Streams["console"];

    internal FakeInterruptLine Line => _interrupts[4];

    internal DeviceBench Bus { get; }

    protected Uart16550 Uart { get; }

    public async ValueTask DisposeAsync()
    {
        await Uart.DisposeAsync();
        Assert.Empty(Bus.Faults);
        GC.SuppressFinalize(this);
    }

    protected byte In(int port) => Bus.In(port);

    protected void Out(int port, int value) => Bus.Out(port, value);

    /// <summary>LSR without side effects on the test: waits until the pump has delivered.</summary>
    protected Task DataReadyAsync() => Eventually.True(() => (In(LSR) & 0x01) != 0);
}
