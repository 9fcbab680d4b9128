using Vmm.Host.Control.Sockets;

namespace Vmm.Host.Control.Serving;

/// <summary>
/// The control API of a run: a socket that listens before the guest runs, and a server on it from the first client on. Loading the server takes longer
/// than booting a small guest, and more memory than all the rest of this process: a machine that nobody asks anything does without.
/// </summary>
internal sealed class RunControl : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private const int SmallStack = 128 << 10;

    private const int Waiting = 0;
    private const int Serving = 1;
    private const int Over = 2;

    private readonly ListeningSocket _socket;
    private readonly Action<string> _say;
    private readonly TaskCompletionSource<IAsyncDisposable?> _server = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ControlledRun? _machine;
    private int _stage;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="Vmm.Host.Errors.UserErrorException">That is impossible there.</exception>
    internal RunControl(string path, Action<string> say)
    {
        _socket = ListeningSocket.Bind(path);
        _say = say;
    }

    /// <summary>Serves whoever comes, beside the guest.</summary>
    internal void Serve(ControlledRun machine)
    {
        if (_machine is null)
        {
            _machine = machine;
            new Thread(WaitForClient, SmallStack) { IsBackground = true, Name = "control" }.Start();
        }
    }

    /// <summary>The run is over: those who wait for that get their answers, and then nobody is served any more.</summary>
    internal void Finish()
    {
        if (Interlocked.CompareExchange(ref _stage, Over, Waiting) == Serving)
        {
            _server.Task.GetAwaiter().GetResult()?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    public void Dispose() => _socket.Dispose();

    private void WaitForClient()
    {
        try
        {
            while (!_socket.IsWaitedFor(Look))
            {
                if (Volatile.Read(ref _stage) == Over)
                {
                    return;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            return; // the run is over
        }

        if (Interlocked.CompareExchange(ref _stage, Serving, Waiting) == Waiting)
        {
            _server.SetResult(StartAsync().GetAwaiter().GetResult());
        }
    }

    private async Task<IAsyncDisposable?> StartAsync()
    {
        try
        {
            return await ControlServer.StartAsync(_socket.Handle, _machine!);
        }
#pragma warning disable CA1031 // Whatever keeps the server from starting: the guest runs and goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _say($"{_socket.Path}: the control API cannot be served: {e.Message}");
            return null;
        }
    }
}
