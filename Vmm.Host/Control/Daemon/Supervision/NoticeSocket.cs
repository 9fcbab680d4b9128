using System.Net.Sockets;
using System.Text;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>
/// Where the processes of machines say that something happened: a datagram with lines KEY=VALUE. It only wakes; what happened is in the process's
/// report. The path is the same for every daemon, so that a process finds the next one too.
/// </summary>
internal sealed class NoticeSocket : IDisposable
{
    /// <summary>Name of the environment variable that names the path.</summary>
    public const string Variable = "VMM_NOTIFY";

    private const int LargestNotice = 4096;
    private const string NameKey = "NAME=";

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _listening;

    /// <summary>Listens.</summary>
    /// <param name="path">Path of the socket; what is there is replaced.</param>
    /// <param name="noticed">Is told the name of the machine. Must not throw.</param>
    public NoticeSocket(string path, Action<string> noticed)
    {
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listening = Task.Run(() => ListenAsync(noticed));
    }

    public void Dispose()
    {
        _end.Cancel();
        _listening.GetAwaiter().GetResult();
        _socket.Dispose();
        _end.Dispose();
    }

    private async Task ListenAsync(Action<string> noticed)
    {
        byte[] buffer = new byte[LargestNotice];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                int length = await _socket.ReceiveAsync(buffer, _end.Token);
                if (Encoding.UTF8.GetString(buffer, 0, length).Split('\n').FirstOrDefault(line => line.StartsWith(NameKey, StringComparison.Ordinal)) is { } line)
                {
                    noticed(line[NameKey.Length..]);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // A datagram that could not be taken: the report has what it was about.
            }
        }
    }
}
