using System.IO.Pipelines;
using System.Text;
using Vmm.Core.Buses;
using Vmm.Host.Consoles;

namespace Vmm.Integration.Tests.Harness;

/// <summary>Byte streams that keep what is written to them; nothing comes in.</summary>
internal sealed class TestStreams : IByteStreams
{
    private readonly Dictionary<string, MemoryStream> _output = [];

    public IDuplexPipe Open(string name)
    {
        MemoryStream stream = new();
        _output.Add(name, stream);
        return new DuplexPipe(new Pipe().Reader, PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
    }

    public string Text(string name) => Encoding.ASCII.GetString(_output[name].ToArray());
}
