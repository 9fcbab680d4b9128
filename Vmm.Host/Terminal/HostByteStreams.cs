using System.IO.Pipelines;
using Vmm.Core.Buses;
using Vmm.Host.Errors;

namespace Vmm.Host.Terminal;

/// <summary>The byte streams that devices can name; each can be opened once in a life of the machine.</summary>
/// <param name="console">Where they lead.</param>
public sealed class HostByteStreams(HostConsole console) : IByteStreams
{
    private const string Console = "console";
    private const string Debug = "debug";
    private const string None = "none";

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>The names a configuration can use: standard input and output, standard error, and nowhere.</summary>
    public static IReadOnlyList<string> Names { get; } = [Console, Debug, None];

    /// <summary>Ends a life: its devices are gone, and those of the next open the streams anew.</summary>
    /// <param name="patience">How long to wait until what they wrote is out.</param>
    public void CloseAll(TimeSpan patience)
    {
        console.Drain(patience);
        _open.Clear();
    }

    /// <inheritdoc/>
    public IDuplexPipe Open(string name)
    {
        if (name == None)
        {
            return new DuplexPipe(PipeReader.Create(Stream.Null), PipeWriter.Create(Stream.Null));
        }

        if (!Names.Contains(name))
        {
            throw new UserErrorException(ExitCode.BadData, $"there is no stream \"{name}\"{NearestName.Suggest(name, Names)}");
        }

        if (!_open.Add(name))
        {
            throw new UserErrorException(ExitCode.BadData, $"two devices use the stream \"{name}\"; set the option \"stream\" of one of them to \"{None}\"");
        }

        return name == Console ? console.Open() : console.OpenErrors();
    }
}
