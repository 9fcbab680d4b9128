using System.Collections.Concurrent;
using System.IO.Pipelines;
using Vmm.Core.Buses;

namespace Vmm.Core.Testing;

/// <summary>Byte streams by name, made when they are first asked for.</summary>
/// <param name="threshold">Bytes in a pipe from which on its writer must wait.</param>
public sealed class FakeStreams(long threshold = FakeStreams.DefaultThreshold) : IByteStreams
{
    /// <summary>The usual size of a pipe.</summary>
    public const long DefaultThreshold = 64 * 1024;

    private readonly ConcurrentDictionary<string, FakeStream> _streams = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _opened = [];

    /// <summary>The names that devices opened, in order.</summary>
    public IReadOnlyCollection<string> Opened => _opened;

    /// <summary>A stream.</summary>
    public FakeStream this[string name] => _streams.GetOrAdd(name, static (_, size) => new FakeStream(size), threshold);

    /// <inheritdoc/>
    public IDuplexPipe Open(string name)
    {
        _opened.Enqueue(name);
        return this[name];
    }
}
