using System.Net.Sockets;
using Vmm.Devices.Tests.TestKit.Network;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>What devices need of the host: a disk, a network with traffic on it, somebody who types, and somebody who calls.</summary>
internal sealed class HostEnds : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    public TemporaryDisk Disk { get; } = new(1 << 20);

    public FramePump Frames { get; } = new();

    /// <summary>Where a socket device may listen.</summary>
    public FileInfo Vsock => new(Disk.Path + ".vsock");

    /// <summary>Types without an end.</summary>
    public void TypeInto(FakeStream stream) => Repeat(async () => await stream.ToDevice.WriteAsync(new byte[1000], _ended.Token));

    /// <summary>Calls a socket device without an end, and gives up at once.</summary>
    public void CallVsock() => Repeat(async () =>
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Vsock.FullName), _ended.Token);
        await client.SendAsync("CONNECT 7\n"u8.ToArray(), _ended.Token);
        await Task.Delay(1, _ended.Token);
    });

    public void Dispose()
    {
        _ended.Cancel();
        Disk.Dispose();
        Frames.Dispose();
        _ended.Dispose();
    }

    private void Repeat(Func<Task> action) => _ = Task.Run(async () =>
    {
        try
        {
            while (!_ended.IsCancellationRequested)
            {
                await action();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // the device is gone
        }
    });
}
