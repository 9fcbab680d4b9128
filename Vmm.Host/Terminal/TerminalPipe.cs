using System.IO.Pipelines;
using Vmm.Core.Buses;

namespace Vmm.Host.Terminal;

/// <summary>The machine's console for a device, with the size of the terminal if there is one.</summary>
internal sealed class TerminalPipe(bool isTerminal, IDuplexPipe console) : IDuplexPipe, IStreamPeer
{
    public PipeReader Input => console.Input;

    public PipeWriter Output => console.Output;

    public bool IsConnected => true;

    public TerminalSize? Size => isTerminal && TerminalCalls.GetWindowSize(TerminalCalls.StandardOutput) is { Columns: > 0 } size
        ? new TerminalSize((ushort)size.Columns, (ushort)size.Rows)
        : null;

    public Action? Changed { get; set; }
}
