using System.IO.Pipelines;

namespace Vmm.Core.Testing.Fuzzing;

/// <summary>The host's end of a device's streams: types, reads, stalls, and in the end goes away.</summary>
internal sealed class FuzzStreams(FakeStreams streams, Random random)
{
    private const int LongestInput = 64;

    private readonly Dictionary<string, Task> _typing = new(StringComparer.Ordinal);
    private bool _stalled;

    public void Step(bool leave)
    {
        if (random.Next(8) == 0)
        {
            _stalled = !_stalled;
        }

        foreach (string name in streams.Opened)
        {
            FakeStream stream = streams[name];
            if (leave)
            {
                stream.FromDevice.Complete();
                stream.ToDevice.Complete();
            }
            else
            {
                Type(name, stream.ToDevice);
                Read(stream.FromDevice);
            }
        }
    }

    private void Type(string name, PipeWriter writer)
    {
        if (!_typing.TryGetValue(name, out Task? typing) || typing.IsCompleted)
        {
            int length = random.Next(LongestInput);
            random.NextBytes(writer.GetSpan(LongestInput)[..length]);
            writer.Advance(length);
            _typing[name] = writer.FlushAsync().AsTask();
        }
    }

    private void Read(PipeReader reader)
    {
        if (!_stalled && reader.TryRead(out ReadResult result))
        {
            reader.AdvanceTo(result.Buffer.End);
        }
    }
}
