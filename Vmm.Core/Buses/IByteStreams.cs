using System.IO.Pipelines;

namespace Vmm.Core.Buses;

/// <summary>Byte streams by name: where a serial port or a console is connected on the host side.</summary>
public interface IByteStreams
{
    /// <summary>Opens the stream <paramref name="name"/>; each name can be opened once.</summary>
    /// <param name="name">Name in the configuration, e.g. <c>console</c> (standard input and output of the process) or <c>unix:/run/td.sock</c>.</param>
    /// <returns>The device's end: it reads what the user types from <c>Input</c> and writes guest output to <c>Output</c>. It may be an <see cref="IStreamPeer"/>.</returns>
    IDuplexPipe Open(string name);
}
