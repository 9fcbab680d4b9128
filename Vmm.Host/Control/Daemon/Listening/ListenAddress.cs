using System.Globalization;
using System.Net;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Where the daemon listens: a unix socket or a TCP address.</summary>
/// <param name="Path">Path of the unix socket; null for TCP.</param>
/// <param name="Address">The TCP address; null for a unix socket.</param>
internal sealed record ListenAddress(string? Path, IPEndPoint? Address)
{
    /// <summary>The forms that are understood.</summary>
    public const string Forms = "unix:///PATH, or tcp://ADDRESS:PORT with a number for the address, e.g. tcp://0.0.0.0:7070 or tcp://[::1]:7070";

    private const string UnixScheme = "unix://";
    private const string TcpScheme = "tcp://";

    /// <summary>Reads one; null if it is none.</summary>
    public static ListenAddress? TryParse(string text)
    {
        if (text.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            string path = text[UnixScheme.Length..];
            return System.IO.Path.IsPathRooted(path) && !path.Contains('\0', StringComparison.Ordinal) ? new ListenAddress(path, Address: null) : null;
        }

        string rest = text.StartsWith(TcpScheme, StringComparison.Ordinal) ? text[TcpScheme.Length..] : text;

        // An address alone would parse too, with port 0.
        int colon = rest.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _) && IPEndPoint.TryParse(rest, out IPEndPoint? address)
            && (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork || rest[colon - 1] == ']')
            ? new ListenAddress(Path: null, address)
            : null;
    }

    public override string ToString() => Path is not null ? $"{UnixScheme}{Path}" : $"{TcpScheme}{Address}";
}
