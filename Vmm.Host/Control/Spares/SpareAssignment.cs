using System.Buffers.Binary;
using System.Text.Json;
using Vmm.Host.Terminal;

namespace Vmm.Host.Control.Spares;

/// <summary>What a spare process is to become. On the wire: 4 bytes little-endian length, and so much JSON.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="Folder">The current folder.</param>
/// <param name="Output">File where standard output and standard error are appended.</param>
/// <param name="Environment">Variables to add.</param>
internal sealed record SpareAssignment(IReadOnlyList<string> Arguments, string Folder, string Output, IReadOnlyDictionary<string, string> Environment)
{
    // Far more than a command line may have.
    private const int MaxSize = 1 << 20;

    /// <summary>Reads one.</summary>
    /// <returns>Null when there is none: whoever would have sent it is gone.</returns>
    /// <exception cref="InvalidDataException">It is not what it should be.</exception>
    internal static SpareAssignment? Read(Stream stream)
    {
        Span<byte> header = stackalloc byte[sizeof(int)];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > MaxSize)
        {
            throw new InvalidDataException($"an assignment of {length} bytes");
        }

        byte[] text = new byte[length];
        return stream.ReadAtLeast(text, length, throwOnEndOfStream: false) < length ? null : Parse(text);
    }

    /// <summary>What goes over the wire.</summary>
    internal byte[] ToMessage()
    {
        using MemoryStream stream = new();
        stream.Write(stackalloc byte[sizeof(int)]);
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("arguments");
            foreach (string argument in Arguments)
            {
                json.WriteStringValue(argument);
            }

            json.WriteEndArray();
            json.WriteString("folder", Folder);
            json.WriteString("output", Output);
            json.WriteStartObject("environment");
            foreach ((string name, string value) in Environment)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        byte[] message = stream.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length - sizeof(int));
        return message;
    }

    /// <summary>Makes this process what it is to be, but for running the command line.</summary>
    internal void TakeOver()
    {
        foreach ((string name, string value) in Environment)
        {
            System.Environment.SetEnvironmentVariable(name, value);
        }

        System.Environment.CurrentDirectory = Folder;
        using FileStream nothing = File.OpenRead("/dev/null");
        TerminalCalls.Redirect(nothing.SafeFileHandle, TerminalCalls.StandardInput);
        using FileStream output = new(Output, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        TerminalCalls.Redirect(output.SafeFileHandle, TerminalCalls.StandardOutput, TerminalCalls.StandardError);
    }

    private static SpareAssignment Parse(byte[] text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            JsonElement root = json.RootElement;
            return new SpareAssignment(
                [.. root.GetProperty("arguments").EnumerateArray().Select(argument => argument.GetString()!)],
                root.GetProperty("folder").GetString()!,
                root.GetProperty("output").GetString()!,
                root.GetProperty("environment").EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!, StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidDataException($"an assignment that cannot be read: {e.Message}", e);
        }
    }
}
