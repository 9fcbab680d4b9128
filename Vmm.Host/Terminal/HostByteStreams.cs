using System.IO.Pipelines;
using Vmm.Core.Buses;
using Vmm.Host.Errors;

namespace Vmm.Host.Terminal;

/// <summary>The byte streams that the devices of one life of a machine can name; each can be opened once.</summary>
/// <param name="console">Where they lead.</param>
public sealed class HostByteStreams(HostConsole console) : IByteStreams
{
    private const string Console = "console";
    private const string Debug = "debug";
    private const string None = "none";

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>The names a configuration can use: standard input and output, standard error, and nowhere.</summary>
    public static IReadOnlyList<string> Names { get; } = [Console, Debug, None];

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
