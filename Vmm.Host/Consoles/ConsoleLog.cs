using Vmm.Host.Errors;

namespace Vmm.Host.Consoles;

/// <summary>
/// All output in a file, from the first byte of the run on. A file that has reached its bound becomes the old one, in the place of the one before.
/// </summary>
public sealed class ConsoleLog : IConsoleSink, IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "console.log";

    /// <summary>Name of the old one.</summary>
    public const string OldFileName = "console.1.log";

    /// <summary>Bound of a file, in bytes.</summary>
    public const long DefaultBound = 16 << 20;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly long _bound;
    private readonly Action<string> _warn;
    private FileStream? _file;
    private long _start;
    private long _oldStart;
    private long _end;

    /// <summary>Begins a log; those of the run before are removed.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="warn">Prints one line for the user.</param>
    /// <param name="bound">Bound of a file, in bytes.</param>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public ConsoleLog(string folder, Action<string> warn, long bound = DefaultBound)
    {
        _folder = folder;
        _bound = bound;
        _warn = warn;
        _file = OutputFile.Create(Path.Combine(folder, FileName), "console log");
        File.Delete(Path.Combine(folder, OldFileName));
    }

    /// <summary>Position of the oldest byte in the files.</summary>
    public long Start
    {
        get
        {
            lock (_gate)
            {
                return _oldStart;
            }
        }
    }

    /// <summary>Copies what the files have from a position on.</summary>
    /// <param name="position">Where to begin.</param>
    /// <param name="buffer">Room for the bytes.</param>
    /// <returns>How many bytes were copied; 0 also when the files do not reach so far back.</returns>
    public int Read(long position, Span<byte> buffer)
    {
        lock (_gate)
        {
            if (position < _oldStart || position >= _end || _file is null)
            {
                return 0;
            }

            bool old = position < _start;
            int most = (int)Math.Min(buffer.Length, (old ? _start : _end) - position);
            try
            {
                using FileStream file = new(Path.Combine(_folder, old ? OldFileName : FileName), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                file.Position = position - (old ? _oldStart : _start);
                return file.ReadAtLeast(buffer[..most], most, throwOnEndOfStream: false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return 0; // somebody removed it: the history has what is left
            }
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            try
            {
                for (; !data.IsEmpty && _file is not null; data = data[(int)Math.Min(_bound, data.Length)..])
                {
                    Append(data[..(int)Math.Min(_bound, data.Length)]);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or UserErrorException)
            {
                // A full disk above all. A gap would shift everything after it: the log ends here, the guest goes on.
                _file?.Dispose();
                _file = null;
                _warn($"{Path.Combine(_folder, FileName)}: {e.Message}; the console is not logged from here on");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        if (_end - _start + data.Length > _bound)
        {
            _file!.Dispose();
            string path = Path.Combine(_folder, FileName);
            File.Move(path, Path.Combine(_folder, OldFileName), overwrite: true);
            _file = OutputFile.Create(path, "console log");
            (_oldStart, _start) = (_start, _end);
        }

        _file!.Write(data); // to the kernel: what a guest said last has to outlive this process
        _end += data.Length;
    }
}
