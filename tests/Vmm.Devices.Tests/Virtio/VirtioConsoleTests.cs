using System.Text;
using Vmm.Core.Buses;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio.Console;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>virtio 1.2, 5.3.</summary>
public sealed class VirtioConsoleTests : IAsyncDisposable
{
    private const int Agent = 1, Log = 2;
    private const int AgentIn = 4, AgentOut = 5, LogOut = 7;

    private readonly FakeMemory _memory = new(ConsoleDriver.MemorySize);
    private readonly FakeStreams _streams = new(threshold: 4096);
    private VirtioConsole? _device;
    private ConsoleDriver? _driver;

    private ConsoleDriver Driver => _driver!;

    public async ValueTask DisposeAsync()
    {
        if (_device is not null)
        {
            await _device.DisposeAsync();
        }
    }

    [Fact]
    public void Config_OfThreePorts_SaysSo()
    {
        Create();

        Assert.Equal(3UL, Driver.Virtio.Config(4, 4));
        Assert.Equal(ConsoleDriver.MultiPort | ConsoleDriver.EmergencyWrite, Driver.Virtio.OfferedFeatures & 0xFF_FFFF);
        Assert.Equal(8U, Driver.Virtio.Common(18, 2)); // queues
    }

    [Fact]
    public void DeviceReady_AllPortsAreAdded_AndToldOfWhenReady()
    {
        Create();
        Driver.Start(3);
        Driver.Post(ConsoleDriver.ControlReceive, 16);
        Driver.SendControl(0xFFFF_FFFF, ConsoleDriver.DeviceReady, 1);

        Assert.Equal([0U, 1U, 2U], Enumerable.Range(0, 3).Select(_ => AssertEvent(ConsoleDriver.PortAdd).Port));
        Driver.SendControl(0, ConsoleDriver.PortReady, 1);
        Assert.Equal((0U, 1), AssertEvent(ConsoleDriver.ConsolePort));
        AssertName(0, "console");
        Assert.Equal((0U, 1), AssertEvent(ConsoleDriver.PortOpen));
        Driver.SendControl(Agent, ConsoleDriver.PortReady, 1);
        AssertName(1, "org.example.agent");
        Assert.Equal((1U, 1), AssertEvent(ConsoleDriver.PortOpen));
        Assert.False(Driver.TryReceive(ConsoleDriver.ControlReceive));
    }

    [Fact]
    public void ControlBuffers_ComeLate_NothingIsForgotten()
    {
        Create();
        Driver.Start(3);
        Driver.SendControl(0, ConsoleDriver.DeviceReady, 1);
        Driver.SendControl(Agent, ConsoleDriver.PortReady, 1);
        for (int i = 0; i < 5; i++)
        {
            Driver.Post(ConsoleDriver.ControlReceive, 1);
            Driver.ReceiveControl();
        }

        Driver.Post(ConsoleDriver.ControlReceive, 1);
        Assert.False(Driver.TryReceive(ConsoleDriver.ControlReceive));
    }

    [Fact]
    public async Task HostEnd_ComesAndGoes_TheDriverIsTold()
    {
        Create();
        _streams["agent"].Connect(false);
        StartReady(Agent);
        AssertName(1, "org.example.agent");
        Assert.Equal((1U, 0), AssertEvent(ConsoleDriver.PortOpen));

        _streams["agent"].Connect(true);
        Assert.Equal((1U, 1), AssertEvent(ConsoleDriver.PortOpen));
        Driver.SendText(AgentOut, "here");
        Assert.Equal("here", await _streams["agent"].ReadAsync(4));
        _streams["agent"].Connect(false);
        Assert.Equal((1U, 0), AssertEvent(ConsoleDriver.PortOpen));
        Driver.SendText(AgentOut, "nobody");
        Assert.Equal(6, Metric("lostBytes"));
    }

    [Fact]
    public async Task Output_OfEachPort_GoesToItsStream()
    {
        Create();
        Driver.Start(3);
        Driver.SendText(1, "to the console");
        Driver.SendText(AgentOut, "to the agent");
        Driver.SendText(LogOut, "to the log");

        Assert.Equal("to the console", await _streams["tty"].ReadAsync(14));
        Assert.Equal("to the agent", await _streams["agent"].ReadAsync(12));
        Assert.Equal("to the log", await _streams["log"].ReadAsync(10));
        Assert.Equal(36, Metric("bytesFromGuest"));
    }

    [Fact]
    public async Task Input_ForAPortThatTheGuestHasNotOpened_Waits()
    {
        Create();
        Driver.Start(3);
        Driver.Post(AgentIn, 2);
        await _streams["agent"].TypeAsync("hello");
        await _streams["tty"].TypeAsync("console");
        Driver.Post(0, 1);

        Assert.Equal("console", Driver.ReceiveText(0)); // a console is always open
        Assert.False(Driver.TryReceive(AgentIn));
        Driver.SendControl(Agent, ConsoleDriver.PortOpen, 1);
        Assert.Equal("hello", Driver.ReceiveText(AgentIn));
        Driver.SendControl(Agent, ConsoleDriver.PortOpen, 0);
        await _streams["agent"].TypeAsync("again");
        Driver.SendControl(Log, ConsoleDriver.PortOpen, 1);
        Assert.False(Driver.TryReceive(AgentIn));
    }

    [Fact]
    public async Task Input_MoreThanTheBuffersHold_ComesInOrderAndHoldsTheHostBack()
    {
        Create();
        Driver.Start(3);
        Driver.SendControl(Agent, ConsoleDriver.PortOpen, 1);
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => (char)('a' + (i % 26))));
        Task typing = _streams["agent"].TypeAsync(text);
        StringBuilder received = new();
        Assert.False(typing.IsCompleted); // more than the port and its pipe hold
        while (received.Length < text.Length)
        {
            Driver.Post(AgentIn, 1, size: 100);
            received.Append(Driver.ReceiveText(AgentIn));
        }

        await typing;
        Assert.Equal(text, received.ToString());
        Assert.Equal(text.Length, Metric("bytesToGuest"));
    }

    [Fact]
    public async Task Port_ThatNobodyReads_HoldsBackItsOwnWriterOnly()
    {
        Create();
        Driver.Start(3);
        byte[] block = new byte[ConsoleDriver.BufferSize];
        int sent = 0;
        for (bool taken = true; taken; sent++)
        {
            Assert.True(sent < 4096, "a stream without a reader takes without an end");
            block.AsSpan().Fill((byte)sent);
            Driver.Send(AgentOut, block);
            taken = SpinWait.SpinUntil(() => Driver.IsTaken(AgentOut), 200);
        }

        Driver.SendText(LogOut, "the log goes on");
        Assert.Equal("the log goes on", await _streams["log"].ReadAsync(15));
        for (int i = 0; i < sent; i++)
        {
            Assert.Equal(new string((char)(byte)i, block.Length), await _streams["agent"].ReadAsync(block.Length)); // nothing was lost
        }

        Driver.WaitTaken(AgentOut);
        Assert.Equal(0, Metric("lostBytes"));
    }

    [Fact]
    public void Console_ThatNobodyReads_LosesInsteadOfWaiting()
    {
        Create();
        Driver.Start(3);
        byte[] block = new byte[ConsoleDriver.BufferSize];
        for (int i = 0; i < 1024; i++)
        {
            Driver.Send(1, block);
            Driver.WaitTaken(1);
        }

        Assert.Equal(1024 * block.Length, Metric("lostBytes") + Metric("bytesFromGuest"));
        Assert.NotEqual(0, Metric("lostBytes"));
    }

    [Fact]
    public void Resize_OfATerminal_IsToldInConfigAndByMessage()
    {
        _streams["tty"].Resize(new TerminalSize(80, 25));
        Create();
        Assert.Equal(ConsoleDriver.Size, Driver.Virtio.OfferedFeatures & ConsoleDriver.Size);
        Assert.Equal(80UL | (25UL << 16), Driver.Virtio.Config(0, 4));
        StartReady(0);
        Assert.Equal((0U, 1), AssertEvent(ConsoleDriver.ConsolePort));
        AssertName(0, "console");
        Assert.Equal((0U, 1), AssertEvent(ConsoleDriver.PortOpen));
        Assert.Equal([80, 0, 25, 0], AssertMessage(ConsoleDriver.Resize));

        uint generation = Driver.Virtio.Common(21, 1);
        _streams["tty"].Resize(new TerminalSize(132, 50));
        AssertEvent(ConsoleDriver.PortOpen);
        Assert.Equal([132, 0, 50, 0], AssertMessage(ConsoleDriver.Resize));
        Assert.Equal(132UL | (50UL << 16), Driver.Virtio.Config(0, 4));
        Assert.NotEqual(generation, Driver.Virtio.Common(21, 1));
        Assert.True(SpinWait.SpinUntil(() => Driver.Virtio.Interrupts(0) == 1, 10_000));
    }

    [Fact]
    public async Task EmergencyWrite_BeforeAnyNegotiation_IsPrinted()
    {
        Create();
        foreach (char character in "panic")
        {
            Driver.Virtio.SetConfig(8, 4, character);
        }

        Driver.Virtio.SetConfig(8, 1, 'x'); // no register of that width
        Driver.Virtio.SetConfig(0, 4, 'x');
        Assert.Equal("panic", await _streams["tty"].ReadAsync(5));
    }

    [Fact]
    public async Task WithoutMultiport_ThereIsOneConsole()
    {
        Create();
        Driver.Start(1, features: 0);
        Driver.Post(0, 1);
        Driver.SendText(1, "out");
        await _streams["tty"].TypeAsync("in");

        Assert.Equal("out", await _streams["tty"].ReadAsync(3));
        Assert.Equal("in", Driver.ReceiveText(0));
    }

    [Theory]
    [InlineData(0U, 99, 1)]
    [InlineData(3U, ConsoleDriver.PortReady, 1)]
    [InlineData(0xFFFF_FFFF, ConsoleDriver.PortOpen, 1)]
    [InlineData(0U, ConsoleDriver.PortName, 1)]
    public void Control_ThatMakesNoSense_IsIgnoredAndCounted(uint port, int what, int value)
    {
        Create();
        Driver.Start(3);
        Driver.Post(ConsoleDriver.ControlReceive, 4);
        Driver.SendControl(port, what, value);
        Driver.Send(ConsoleDriver.ControlTransmit, [1, 2, 3]);
        Driver.WaitTaken(ConsoleDriver.ControlTransmit);

        Assert.Equal(2, Metric("ignoredControlMessages"));
        Assert.False(Driver.TryReceive(ConsoleDriver.ControlReceive));
        Assert.Equal(0, _device!.Faults);
    }

    [Fact]
    public void Control_FloodedWhileNobodyListens_CostsNothing()
    {
        Create();
        Driver.Start(3);
        for (int i = 0; i < 1000; i++)
        {
            Driver.SendControl(0, ConsoleDriver.DeviceReady, 1);
            Driver.SendControl(Agent, ConsoleDriver.PortReady, 1);
        }

        Driver.Post(ConsoleDriver.ControlReceive, 16);
        List<int> events = [.. Enumerable.Range(0, 5).Select(_ => Driver.ReceiveControl().Event).Order()];
        Assert.Equal([ConsoleDriver.PortAdd, ConsoleDriver.PortAdd, ConsoleDriver.PortAdd, ConsoleDriver.PortOpen, ConsoleDriver.PortName], events);
        Assert.False(Driver.TryReceive(ConsoleDriver.ControlReceive));
    }

    [Fact]
    public void ControlBuffer_TooSmall_IsGivenBackEmpty()
    {
        Create();
        Driver.Start(3);
        Driver.Post(ConsoleDriver.ControlReceive, 1, size: 7);
        Driver.SendControl(0, ConsoleDriver.DeviceReady, 1);

        Assert.Empty(Driver.Receive(ConsoleDriver.ControlReceive));
    }

    [Fact]
    public async Task Reset_WhileAPortWaitsForTheHost_StartsAnew()
    {
        Create();
        Driver.Start(3);
        byte[] block = new byte[ConsoleDriver.BufferSize];
        do
        {
            Driver.Send(AgentOut, block);
        }
        while (SpinWait.SpinUntil(() => Driver.IsTaken(AgentOut), 200));

        Driver.Start(3);
        Driver.SendText(LogOut, "again");
        Assert.Equal("again", await _streams["log"].ReadAsync(5));
        Assert.Equal(0, _device!.Faults);
    }

    [Theory]
    [InlineData("ports[0].name: \"\" is not of 1 to 64 printable", "")]
    [InlineData("ports[1].name: \"a/b\" is not", "ok", "a/b")]
    [InlineData("ports[0].name: \"a b\" is not", "a b")]
    [InlineData("ports: two are named \"x\"", "x", "y", "x")]
    [InlineData("ports: there are 16, at most 15 can be", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16")]
    public void Ports_ThatCannotBe_AreRefused(string message, params string[] names)
    {
        VirtioConsoleOptions options = new() { Ports = [.. names.Select(name => new ConsolePortOptions { Name = name })] };

        ArgumentException exception = Assert.Throws<ArgumentException>(() => new VirtioConsole("console", options, _memory, _streams, TimeProvider.System));
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    private void Create()
    {
        VirtioConsoleOptions options = new()
        {
            Stream = "tty",
            Ports = [new() { Name = "org.example.agent", Stream = "agent" }, new() { Name = "log", Stream = "log" }],
        };
        _device = new VirtioConsole("console", options, _memory, _streams, TimeProvider.System);
        _driver = new ConsoleDriver(_device, _memory);
    }

    // One port is ready, and the others are known.
    private void StartReady(uint port)
    {
        Driver.Start(3);
        Driver.Post(ConsoleDriver.ControlReceive, 16);
        Driver.SendControl(0, ConsoleDriver.DeviceReady, 1);
        for (int i = 0; i < 3; i++)
        {
            AssertEvent(ConsoleDriver.PortAdd);
        }

        Driver.SendControl(port, ConsoleDriver.PortReady, 1);
    }

    private (uint Port, int Value) AssertEvent(int what)
    {
        (uint port, int found, int value, _) = Driver.ReceiveControl();
        Assert.Equal(what, found);
        return (port, value);
    }

    private byte[] AssertMessage(int what)
    {
        (_, int found, _, byte[] more) = Driver.ReceiveControl();
        Assert.Equal(what, found);
        return more;
    }

    private void AssertName(uint port, string name)
    {
        (uint found, int what, _, byte[] more) = Driver.ReceiveControl();
        Assert.Equal((port, ConsoleDriver.PortName, name), (found, what, Encoding.ASCII.GetString(more)));
    }

    private long Metric(string name) => _device!.Metrics.Single(metric => metric.Name == name).Value;
}
