using System.Net.Sockets;
using Vmm.Host.Control.Sockets;
using Vmm.Host.Errors;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Control;

public sealed class ListeningSocketTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => System.IO.Path.Combine(_folder.Path, "s");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bind_ANewPath_IsTheOwnersAloneAndGoesAgain()
    {
        using (ListeningSocket listening = ListeningSocket.Bind(Path))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
            Assert.False(listening.IsWaitedFor(TimeSpan.Zero));
            using Socket client = Connect();
            Assert.True(listening.IsWaitedFor(TimeSpan.FromMinutes(1)));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Bind_OverWhatADeadProcessLeft_Replaces()
    {
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            string elsewhere = Path + "2";
            dead.Bind(new UnixDomainSocketEndPoint(elsewhere));
            File.Move(elsewhere, Path); // where closing it does not find it
        }

        using ListeningSocket listening = ListeningSocket.Bind(Path);
        using Socket client = Connect();
    }

    [Fact]
    public void Bind_WhereSomebodyServes_IsRefusedAndDisturbsNobody()
    {
        using ListeningSocket listening = ListeningSocket.Bind(Path);

        Refuses("another process", Path);
        using Socket client = Connect();
    }

    [Fact]
    public void Bind_OverAFile_IsRefusedAndKeepsIt()
    {
        File.WriteAllText(Path, "precious");

        Refuses("no socket", Path);
        Assert.Equal("precious", File.ReadAllText(Path));
    }

    [Fact]
    public void Bind_InNoFolder_IsRefused() => Refuses("folder does not exist", System.IO.Path.Combine(_folder.Path, "none", "s"));

    [Fact]
    public void Bind_ALongPath_IsRefused() => Refuses("at most 103 bytes", System.IO.Path.Combine(_folder.Path, new string('x', 100)));

    private static void Refuses(string why, string path)
    {
        UserErrorException refusal = Assert.Throws<UserErrorException>(() => ListeningSocket.Bind(path));
        Assert.Equal(ExitCode.CannotCreate, refusal.Code);
        Assert.Contains(why, Assert.Single(refusal.Lines), StringComparison.Ordinal);
    }

    private Socket Connect()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return socket;
    }
}
