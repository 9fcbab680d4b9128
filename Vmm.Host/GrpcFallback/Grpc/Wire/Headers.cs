using System.Globalization;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Names and values of the headers of the protocol, and how metadata travels in headers.</summary>
internal static class Headers
{
    internal const string Status = "grpc-status";
    internal const string Message = "grpc-message";
    internal const string Encoding = "grpc-encoding";
    internal const string AcceptEncoding = "grpc-accept-encoding";
    internal const string Identity = "identity";
    internal const string ContentType = "application/grpc";

    private const string Reserved = "grpc-";
    private const int Base64Unit = 4;

    private static readonly HashSet<string> OfHttp = new(StringComparer.OrdinalIgnoreCase)
    {
        "content-type", "content-length", "te", "date", "server", "host", "connection", "transfer-encoding", "trailer",
    };

    /// <summary>Whether this is one of a gRPC call: <c>application/grpc</c>, with <c>+proto</c> or parameters, and not grpc-web.</summary>
    internal static bool IsGrpc(string? contentType) =>
        contentType is not null && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) &&
        (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>How an entry is written.</summary>
    internal static string ValueOf(Metadata.Entry entry) => entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;

    /// <summary>Adds a header to metadata, unless it belongs to a protocol or cannot be read.</summary>
    internal static void AddTo(Metadata metadata, string key, string value)
    {
        if (key.StartsWith(':') || OfHttp.Contains(key) || key.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(key, value);
            return;
        }

        // Several values may share a header, and padding is optional.
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            byte[] bytes = new byte[part.Length];
            int padded = (part.Length + Base64Unit - 1) / Base64Unit * Base64Unit;
            if (Convert.TryFromBase64String(part.PadRight(padded, '='), bytes, out int count))
            {
                metadata.Add(key, bytes[..count]);
            }
        }
    }

    /// <summary>Reads the two headers of a status.</summary>
    internal static Status? ReadStatus(string? code, string? message) => code is null ? null
        : int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && Enum.IsDefined((StatusCode)number)
            ? new Status((StatusCode)number, PercentEncoding.Decode(message ?? ""))
            : new Status(StatusCode.Unknown, $"unknown status \"{code}\": {PercentEncoding.Decode(message ?? "")}");
}
