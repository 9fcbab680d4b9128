using System.IO.Pipelines;
using Vmm.Core.Buses;

namespace Vmm.Host.Consoles;

/// <summary>The end of the console that a device has.</summary>
internal sealed class ConsolePipe(ConsoleHub hub, PipeReader input, PipeWriter output) : IDuplexPipe, IStreamPeer
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;

    public bool IsConnected => true;

    public TerminalSize? Size => hub.Size;

    public Action? Changed { get; set; }
}
