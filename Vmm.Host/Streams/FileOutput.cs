using System.IO.Pipelines;
using Vmm.Host.Consoles;
using Vmm.Host.Errors;

namespace Vmm.Host.Streams;

/// <summary>A file that takes what a device writes; there is nothing to read.</summary>
internal sealed class FileOutput : IHostStream, IConsoleSink
{
    private readonly FileStream _file;
    private readonly Action<string> _warn;
    private readonly OutputPipes _pipes;
    private bool _failed;

    /// <summary>Creates or empties the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="warn">Prints one line for the user.</param>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public FileOutput(string path, Action<string> warn)
    {
        _file = OutputFile.Create(path, "output of a device");
        _warn = warn;
        _pipes = new OutputPipes(this);
    }

    /// <inheritdoc/>
    public IDuplexPipe Open() => new DuplexPipe(PipeReader.Create(Stream.Null), _pipes.Open());

    /// <inheritdoc/>
    public void Drain(TimeSpan patience) => _pipes.Drain(patience);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (_failed)
        {
            return;
        }

        try
        {
            _file.Write(data); // to the kernel: whoever reads along wants to see it
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _failed = true;
            _warn($"{_file.Name}: {e.Message.TrimEnd('.')}; what the guest writes there from here on is lost");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
