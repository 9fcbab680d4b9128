using System.Text;
using Vmm.Core.Buses;

namespace Mailbox;

/// <summary>The values by key: those of the configuration, and those of a file, which win.</summary>
internal sealed class MailboxValues
{
    /// <summary>How often a device looks whether the file has changed.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, byte[]> _fixed;
    private readonly FileInfo? _file;
    private volatile Dictionary<string, byte[]> _all; // replaced as a whole: it is read and refreshed on different threads
    private DateTime _readAt;
    private long _found;
    private long _missed;

    /// <exception cref="IOException">The file cannot be read.</exception>
    public MailboxValues(IReadOnlyList<MailboxEntry> entries, FileInfo? file)
    {
        _fixed = entries.ToDictionary(entry => entry.Key, entry => Bytes(entry.Value), StringComparer.Ordinal);
        _file = file;
        _all = _fixed;
        if (file is not null)
        {
            _readAt = file.LastWriteTimeUtc;
            _all = Read(file);
        }
    }

    /// <summary>How often the guest asked.</summary>
    public IEnumerable<DeviceMetric> Metrics => [new("found", Volatile.Read(ref _found)), new("missed", Volatile.Read(ref _missed))];

    /// <summary>Finds a value, and counts. Allocates nothing.</summary>
    public byte[]? Ask(ReadOnlySpan<byte> key)
    {
        byte[]? value = Find(key);
        (value is null ? ref _missed : ref _found)++;
        return value;
    }

    private byte[]? Find(ReadOnlySpan<byte> key)
    {
        Span<char> text = stackalloc char[key.Length];
        return Encoding.UTF8.TryGetChars(key, text, out int length) && _all.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out byte[]? value)
            ? value
            : null;
    }

    /// <summary>Reads the file again if it has changed.</summary>
    public void Refresh()
    {
        if (_file is null)
        {
            return;
        }

        try
        {
            _file.Refresh();
            if (_file.Exists && _file.LastWriteTimeUtc != _readAt)
            {
                _readAt = _file.LastWriteTimeUtc;
                _all = Read(_file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Someone is writing it: the next second will do, and until then the guest sees what was there.
        }
    }

    private static byte[] Bytes(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= MailboxDevice.MaxValueLength ? bytes : bytes[..MailboxDevice.MaxValueLength];
    }

    private Dictionary<string, byte[]> Read(FileInfo file)
    {
        Dictionary<string, byte[]> values = new(_fixed, StringComparer.Ordinal);
        foreach (string line in File.ReadLines(file.FullName))
        {
            if (line.Split('=', 2) is [var key, var value])
            {
                values[key.Trim()] = Bytes(value.Trim());
            }
        }

        return values;
    }
}
