using System.IO.Pipelines;
using Vmm.Core.Buses;

namespace Vmm.Host.Streams;

/// <summary>The end of a unix socket that a device has.</summary>
internal sealed class UnixServerPipe(UnixServer server, PipeReader input, PipeWriter output) : IDuplexPipe, IStreamPeer
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;

    public bool IsConnected => server.HasClient;

    public TerminalSize? Size => null;

    public Action? Changed { get; set; }
}
