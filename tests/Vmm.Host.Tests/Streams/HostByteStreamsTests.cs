using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Vmm.Core.Buses;
using Vmm.Core.Testing;
using Vmm.Host.Consoles;
using Vmm.Host.Errors;
using Vmm.Host.Terminal;

namespace Vmm.Host.Tests.Streams;

/// <summary>Byte streams that lead to files and unix sockets.</summary>
public sealed class HostByteStreamsTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vmm-streams-");
    private readonly HostConsole _console = new(new ConsoleHub(history: null), TerminalUse.MessagesOnly, quit: () => { });
    private readonly HostByteStreams _streams;

    public HostByteStreamsTests() => _streams = new HostByteStreams(_console);

    private string SocketPath => Path.Combine(_folder.FullName, "socket");

    private string UnixName => $"unix:{SocketPath}";

    public void Dispose()
    {
        _streams.Dispose();
        _console.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task File_OverTwoLives_HasAllOutput()
    {
        string path = Path.Combine(_folder.FullName, "log");
        await File.WriteAllTextAsync(path, "of an earlier run", TestContext.Current.CancellationToken);
        await WriteAsync(_streams.Open($"file:{path}"), "first ");
        _streams.CloseAll(s_patience);
        await WriteAsync(_streams.Open($"file:{path}"), "second");
        _streams.CloseAll(s_patience);

        Assert.Equal("first second", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task UnixSocket_Client_TalksToTheDevice()
    {
        IDuplexPipe device = _streams.Open(UnixName);
        IStreamPeer peer = Assert.IsAssignableFrom<IStreamPeer>(device);
        int changes = 0;
        peer.Changed = () => Interlocked.Increment(ref changes);
        Assert.False(peer.IsConnected);

        using (Socket client = Connect())
        {
            await Eventually.True(() => peer.IsConnected && changes == 1);
            await client.SendAsync("to the device"u8.ToArray());
            Assert.Equal("to the device", await ReadAsync(device, 13));
            await device.Output.WriteAsync("to the client"u8.ToArray(), TestContext.Current.CancellationToken);
            Assert.Equal("to the client", Receive(client, 13));
        }

        await Eventually.True(() => !peer.IsConnected && changes == 2);
    }

    [Fact]
    public async Task UnixSocket_WithoutAClient_DropsOutputAndTakesTheNext()
    {
        IDuplexPipe device = _streams.Open(UnixName);
        for (int i = 0; i < 100; i++)
        {
            FlushResult result = await device.Output.WriteAsync(new byte[4096], TestContext.Current.CancellationToken);
            Assert.False(result.IsCompleted);
        }

        using Socket first = Connect();
        await Eventually.True(() => ((IStreamPeer)device).IsConnected);
        using Socket second = Connect();
        await device.Output.WriteAsync("one"u8.ToArray(), TestContext.Current.CancellationToken);
        await Eventually.True(() => Receive(first, 1) == "e"); // what was on its way when the client came may be before it
        first.Dispose();
        await second.SendAsync("!"u8.ToArray());
        Assert.Equal("!", await ReadAsync(device, 1)); // it has its turn now
        await device.Output.WriteAsync("two"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("two", Receive(second, 3));
    }

    [Fact]
    public async Task UnixSocket_ClientOverTwoLives_StaysConnected()
    {
        IDuplexPipe first = _streams.Open(UnixName);
        using Socket client = Connect();
        await Eventually.True(() => ((IStreamPeer)first).IsConnected);
        await first.Output.WriteAsync("bye"u8.ToArray(), TestContext.Current.CancellationToken);
        await first.Input.CompleteAsync();
        await first.Output.CompleteAsync();
        _streams.CloseAll(s_patience);
        await client.SendAsync("hello again"u8.ToArray());

        IDuplexPipe second = _streams.Open(UnixName);
        Assert.True(((IStreamPeer)second).IsConnected);
        Assert.Equal("hello again", await ReadAsync(second, 11));
        Assert.Equal("bye", Receive(client, 3));
    }

    [Fact]
    public void UnixSocket_LeftBehind_IsReplacedAndRemovedAtTheEnd()
    {
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath + ".dead"));
            dead.Listen();
            File.Move(SocketPath + ".dead", SocketPath); // or it would be removed with the socket
        }

        Assert.True(File.Exists(SocketPath));
        _streams.Open(UnixName);
        Connect().Dispose();
        _streams.Dispose();
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void UnixSocket_InUseOrNoSocket_IsRefusedAndKept()
    {
        File.WriteAllText(SocketPath, "");
        UserErrorException noSocket = Assert.Throws<UserErrorException>(() => _streams.Open(UnixName));
        Assert.Equal((ExitCode.CannotCreate, $"{SocketPath}: cannot listen there: it exists, and is in use or no socket"), (noSocket.Code, noSocket.Message));
        Assert.True(File.Exists(SocketPath));

        File.Delete(SocketPath);
        using HostByteStreams others = new(_console);
        others.Open(UnixName);
        Assert.Throws<UserErrorException>(() => new HostByteStreams(_console).Open(UnixName));
        Connect().Dispose();
    }

    [Theory]
    [InlineData("consol", "there is no stream \"consol\"; did you mean \"console\"?")]
    [InlineData("file:log", "the stream \"file:log\" needs an absolute path: file:/PATH")]
    [InlineData("unix:", "the stream \"unix:\" needs an absolute path, of at most 107 bytes: unix:/PATH")]
    [InlineData("unix:/nowhere/socket", "/nowhere/socket: cannot listen there: its folder does not exist")]
    [InlineData("file:/nowhere/log", "/nowhere/log: cannot write the output of a device: its folder does not exist")]
    public void Name_ThatCannotBe_IsRefused(string name, string message) =>
        Assert.Equal(message, Assert.Throws<UserErrorException>(() => _streams.Open(name)).Message);

    [Fact]
    public void Name_OpenedTwice_IsRefused()
    {
        _streams.Open(UnixName);
        UserErrorException mistake = Assert.Throws<UserErrorException>(() => _streams.Open(UnixName));
        Assert.StartsWith($"two devices use the stream \"{UnixName}\"", mistake.Message, StringComparison.Ordinal);
        _streams.Open("none");
        _streams.Open("none");
    }

    private static async Task WriteAsync(IDuplexPipe device, string text)
    {
        await device.Output.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        await device.Input.CompleteAsync();
        await device.Output.CompleteAsync();
    }

    private static async Task<string> ReadAsync(IDuplexPipe device, int length)
    {
        using CancellationTokenSource timeout = new(s_patience);
        ReadResult result = await device.Input.ReadAtLeastAsync(length, timeout.Token);
        string text = Encoding.ASCII.GetString(result.Buffer);
        device.Input.AdvanceTo(result.Buffer.End);
        return text;
    }

    private static string Receive(Socket client, int length)
    {
        client.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        byte[] buffer = new byte[length];
        for (int received = 0; received < length;)
        {
            int count = client.Receive(buffer.AsSpan(received));
            Assert.NotEqual(0, count);
            received += count;
        }

        return Encoding.ASCII.GetString(buffer);
    }

    private Socket Connect()
    {
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return client;
    }
}
