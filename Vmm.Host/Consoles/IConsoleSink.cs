namespace Vmm.Host.Consoles;

/// <summary>Somewhere that all output goes, without gaps: the terminal, a log. It may make the console wait; it must not throw.</summary>
public interface IConsoleSink
{
    /// <summary>Takes what was printed.</summary>
    void Write(ReadOnlySpan<byte> data);
}
