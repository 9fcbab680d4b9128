using System.IO.Pipelines;
using Vmm.Core.Buses;
using Vmm.Host.Consoles;
using Vmm.Host.Streams;

namespace Vmm.Host.Terminal;

/// <summary>The byte streams that devices can name; each can be opened once in a life of the machine.</summary>
/// <param name="console">Where those of the process lead.</param>
public sealed class HostByteStreams(HostConsole console) : IByteStreams, IDisposable
{
    private readonly StreamNames _names = new();
    private readonly Dictionary<string, IHostStream> _opened = [];

    /// <summary>Ends a life: its devices are gone, and those of the next open the streams anew.</summary>
    /// <param name="patience">How long to wait until what they wrote is out.</param>
    public void CloseAll(TimeSpan patience)
    {
        console.Drain(patience);
        foreach (IHostStream stream in _opened.Values)
        {
            stream.Drain(patience);
        }

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
            StreamNames.None => new DuplexPipe(PipeReader.Create(Stream.Null), PipeWriter.Create(Stream.Null)),
            _ => OpenPath(name).Open(),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IHostStream stream in _opened.Values)
        {
            stream.Dispose();
        }

        _opened.Clear();
    }

    private IHostStream OpenPath(string name)
    {
        if (!_opened.TryGetValue(name, out IHostStream? stream))
        {
            stream = StreamNames.PathOf(name, StreamNames.FilePrefix) is { } file
                ? new FileOutput(file, console.Say)
                : new UnixServer(StreamNames.PathOf(name, StreamNames.UnixPrefix)!);
            _opened.Add(name, stream);
        }

        return stream;
    }
}
