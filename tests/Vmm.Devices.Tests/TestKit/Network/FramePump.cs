namespace Vmm.Devices.Tests.TestKit.Network;

/// <summary>A peer that sends frames of all lengths without end, and reads whatever comes.</summary>
internal sealed class FramePump : IDisposable
{
    private const int LongestFrame = 3000;

    private readonly StreamPeer _peer = new();
    private Thread[] _threads = [];

    public FileInfo File => _peer.File;

    /// <summary>Begins, once the device is connected.</summary>
    public void Start()
    {
        System.Net.Sockets.Socket connection = _peer.Connection;
        (connection.ReceiveTimeout, connection.SendTimeout) = (0, 0);
        byte[] sent = [.. Enumerable.Range(0, 100).SelectMany(i => Framed(new Random(i).Next(LongestFrame)))];
        byte[] received = new byte[1 << 16];
        _threads = [Repeat(() => connection.Send(sent)), Repeat(() => connection.Receive(received))];
    }

    public void Dispose()
    {
        _peer.Dispose();
        Array.ForEach(_threads, thread => thread.Join());
    }

    private static byte[] Framed(int length) => [.. StreamPeer.Prefix((uint)length), .. StreamPeer.Frame(length)];

    private static Thread Repeat(Func<int> transfer)
    {
        Thread thread = new(() =>
        {
            try
            {
                while (transfer() > 0)
                {
                    // As long as there is somebody.
                }
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                // The device has hung up, or the test is over.
            }
        });
        thread.Start();
        return thread;
    }
}
