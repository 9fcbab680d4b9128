namespace Vmm.Host.Terminal;

/// <summary>
/// The process's standard output and standard error as text. The console's own writers would look at the terminal first, which nothing here needs, and keep
/// the descriptors that they found.
/// </summary>
internal static class StandardStreams
{
    /// <summary>Standard output. Thread-safe; each write goes out at once.</summary>
    internal static TextWriter OpenOutput() => Open(Console.OpenStandardOutput());

    /// <summary>Standard error. Thread-safe; each write goes out at once.</summary>
    internal static TextWriter OpenErrors() => Open(Console.OpenStandardError());

    private static TextWriter Open(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream) { AutoFlush = true });
}
