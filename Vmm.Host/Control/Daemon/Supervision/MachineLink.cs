using Grpc.Net.Client;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Calls to the process of one machine, over its control socket. The first call connects.</summary>
/// <param name="socket">The control socket.</param>
internal sealed class MachineLink(string socket) : IDisposable
{
    private readonly GrpcChannel _channel = ControlChannel.ToSocket(socket);

    /// <summary>The service.</summary>
    public Machines.MachinesClient Machines => new(_channel);

    public void Dispose() => _channel.Dispose();
}
