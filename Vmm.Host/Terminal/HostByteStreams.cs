using System.IO.Pipelines;
using Vmm.Core.Buses;
using Vmm.Host.Consoles;

namespace Vmm.Host.Terminal;

/// <summary>The byte streams that devices can name; each can be opened once in a life of the machine.</summary>
/// <param name="console">Where they lead.</param>
public sealed class HostByteStreams(HostConsole console) : IByteStreams
{
    private readonly StreamNames _names = new();

    /// <summary>Ends a life: its devices are gone, and those of the next open the streams anew.</summary>
    /// <param name="patience">How long to wait until what they wrote is out.</param>
    public void CloseAll(TimeSpan patience)
    {
        console.Drain(patience);
        _names.ReleaseAll();
    }

    /// <inheritdoc/>
    public IDuplexPipe Open(string name)
    {
        _names.Claim(name);
        return name switch
        {
            StreamNames.Console => console.Open(),
            StreamNames.Debug => console.OpenErrors(),
            _ => new DuplexPipe(PipeReader.Create(Stream.Null), PipeWriter.Create(Stream.Null)),
        };
    }
}
