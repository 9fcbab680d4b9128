using System.IO.Pipelines;
using System.Net.Sockets;
using Vmm.Core.Sockets;
using Vmm.Host.Consoles;
using Vmm.Host.Errors;

namespace Vmm.Host.Streams;

/// <summary>
/// A unix socket on which one client at a time is the other end of a device; further ones wait for their turn. Clients stay connected when the
/// guest resets. While there is none, what the device writes is dropped.
/// </summary>
internal sealed class UnixServer : IHostStream
{
    private const int Backlog = 16;
    private const int ChunkSize = 16 * 1024;

    private readonly UnixListener _listener;
    private readonly Pipe _input = new();
    private readonly OutputPipes _output;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private volatile Socket? _client;
    private volatile UnixServerPipe? _device;

    /// <summary>Begins to listen.</summary>
    /// <param name="path">The socket.</param>
    /// <exception cref="UserErrorException">It cannot be created.</exception>
    public UnixServer(string path)
    {
        try
        {
            _listener = UnixListener.Listen(path, Backlog);
        }
        catch (IOException e)
        {
            throw new UserErrorException(ExitCode.CannotCreate, e.Message);
        }

        _output = new OutputPipes(WriteAsync);
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Whether there is a client.</summary>
    public bool HasClient => _client is not null;

    /// <inheritdoc/>
    public IDuplexPipe Open() => _device = new UnixServerPipe(this, new KeptReader(_input.Reader), _output.Open());

    /// <inheritdoc/>
    public void Drain(TimeSpan patience) => _output.Drain(patience);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _client?.Dispose();
        _serving.Wait();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using Socket client = await _listener.Socket.AcceptAsync(_stop.Token);
                SetClient(client);
                await ReceiveAsync(client);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // the client is gone without a word, or we are
            }

            SetClient(null);
        }
    }

    private void SetClient(Socket? client)
    {
        _client = client;
        _device?.Changed?.Invoke();
    }

    /// <summary>Receives until the client closes its end; what the guest does not read holds the client back.</summary>
    private async Task ReceiveAsync(Socket client)
    {
        while (await client.ReceiveAsync(_input.Writer.GetMemory(ChunkSize), _stop.Token) is > 0 and int received)
        {
            _input.Writer.Advance(received);
            await _input.Writer.FlushAsync(_stop.Token);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            while (_client is { } client && !data.IsEmpty)
            {
                data = data[await client.SendAsync(data)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the client is gone, and what was for it is nobody else's
        }
    }
}
