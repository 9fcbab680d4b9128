using Grpc.Net.Client;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Control.Client;

/// <summary>The services behind an address.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly GrpcChannel _channel;

    /// <summary>Connects with the first call.</summary>
    public ControlClient(HostAddress address, TlsFiles tls)
    {
        Address = address;
        _channel = ControlChannel.To(address, tls);
        Machines = new Machines.MachinesClient(_channel);
        Host = new Api.Host.HostClient(_channel);
    }

    /// <summary>Where they are.</summary>
    public HostAddress Address { get; }

    public Machines.MachinesClient Machines { get; }

    public Api.Host.HostClient Host { get; }

    /// <summary>An id for a call that must not be carried out twice.</summary>
    public static string NewRequestId() => Guid.NewGuid().ToString("N");

    public void Dispose() => _channel.Dispose();
}
