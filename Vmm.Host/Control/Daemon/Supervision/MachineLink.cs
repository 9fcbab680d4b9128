using Grpc.Net.Client;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Calls to the process of one machine, over its control socket. The first call connects; after the end of the run there are no more.</summary>
/// <param name="socket">The control socket.</param>
internal sealed class MachineLink(string socket)
{
    private readonly Lock _gate = new();
    private GrpcChannel? _channel;
    private int _calls;
    private bool _closed;

    /// <summary>Makes a call.</summary>
    /// <param name="call">Makes it, and is over when the call is.</param>
    /// <exception cref="ControlException">The run has ended.</exception>
    public async Task<T> CallAsync<T>(Func<Machines.MachinesClient, Task<T>> call)
    {
        GrpcChannel channel = Enter();
        try
        {
            return await call(new Machines.MachinesClient(channel));
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The run has ended. Calls that are on have their end from the process, or from its being gone.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            DisposeIfUnused();
        }
    }

    private GrpcChannel Enter()
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new ControlException(ControlReason.MachineGone, "the process of the machine has just ended");
            }

            _calls++;
            return _channel ??= ControlChannel.ToSocket(socket);
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _calls--;
            DisposeIfUnused();
        }
    }

    private void DisposeIfUnused()
    {
        if (_closed && _calls == 0)
        {
            _channel?.Dispose();
        }
    }
}
