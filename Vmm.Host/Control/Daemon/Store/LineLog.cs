using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vmm.Host.Control.Daemon.Store;

/// <summary>
/// A file of lines that grows at its end, each with a checksum: what a crash or a disk damaged is known, and skipped. When it is full it becomes
/// the old one, in the place of the one before. Not for use from several threads.
/// </summary>
internal sealed class LineLog : IDisposable
{
    private const int ChecksumDigits = 8;
    private const byte LineEnd = (byte)'\n';

    private readonly string _path;
    private readonly long _size;
    private SafeFileHandle _file;
    private long _length;

    private LineLog(string path, long size)
    {
        _path = path;
        _size = size;
        _file = OpenFile();
        _length = RandomAccess.GetLength(_file);
    }

    private string OldPath => _path + ".old";

    /// <summary>Opens a log and reads what is in it.</summary>
    /// <param name="path">The file; the old one lies beside it.</param>
    /// <param name="size">Size at which it becomes the old one, in bytes.</param>
    /// <param name="read">Takes the lines, the oldest first.</param>
    /// <param name="damaged">Is told how many lines were damaged in a file; not of a last one that was not written to its end.</param>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static LineLog Open(string path, long size, Action<string> read, Action<string, int> damaged)
    {
        LineLog log = new(path, size);
        foreach (string file in new[] { log.OldPath, path }.Where(File.Exists))
        {
            int bad = ReadLines(File.ReadAllBytes(file), read);
            if (bad > 0)
            {
                damaged(file, bad);
            }
        }

        log.EndLastLine();
        return log;
    }

    /// <summary>Adds a line: it survives the end of this process, and after <see cref="Flush"/> that of the host.</summary>
    /// <exception cref="IOException">It is not in the log; the log is as it was.</exception>
    public void Append(string line)
    {
        byte[] text = Encoding.UTF8.GetBytes($"{Checksum(Encoding.UTF8.GetBytes(line))} {line}\n");
        if (_length > 0 && _length + text.Length > _size)
        {
            Rotate();
        }

        try
        {
            RandomAccess.Write(_file, text, _length);
            _length += text.Length;
        }
        catch (IOException e)
        {
            RandomAccess.SetLength(_file, _length);
            throw DurableFile.IsNoRoom(e) ? new NoRoomException(_path, e) : e;
        }
    }

    /// <summary>Writes what was added to the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    public void Dispose() => _file.Dispose();

    private static int ReadLines(ReadOnlySpan<byte> content, Action<string> read)
    {
        int bad = 0;
        while (!content.IsEmpty)
        {
            int end = content.IndexOf(LineEnd);
            if (end < 0)
            {
                // The process ended while it wrote: nobody has been told of this line.
                return bad;
            }

            ReadOnlySpan<byte> line = content[..end];
            content = content[(end + 1)..];
            if (line.Length > ChecksumDigits && line[ChecksumDigits] == (byte)' ' && Encoding.ASCII.GetString(line[..ChecksumDigits]) == Checksum(line[(ChecksumDigits + 1)..]))
            {
                read(Encoding.UTF8.GetString(line[(ChecksumDigits + 1)..]));
            }
            else if (!line.IsEmpty)
            {
                bad++;
            }
        }

        return bad;
    }

    private static string Checksum(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        return Convert.ToHexStringLower(hash[..(ChecksumDigits / 2)]);
    }

    private SafeFileHandle OpenFile() => File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    // A part of a line is an empty place after that: what is added next begins a line.
    private void EndLastLine()
    {
        Span<byte> last = stackalloc byte[1];
        if (_length > 0 && RandomAccess.Read(_file, last, _length - 1) == 1 && last[0] != LineEnd)
        {
            byte[] content = File.ReadAllBytes(_path);
            _length = content.AsSpan().LastIndexOf(LineEnd) + 1;
            RandomAccess.SetLength(_file, _length);
        }
    }

    private void Rotate()
    {
        Flush();
        _file.Dispose();
        File.Move(_path, OldPath, overwrite: true);
        _file = OpenFile();
        _length = 0;
    }
}
