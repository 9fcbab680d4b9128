using System.IO.Pipelines;

namespace Vmm.Host.Consoles;

/// <summary>The device's end of a byte stream.</summary>
internal sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
