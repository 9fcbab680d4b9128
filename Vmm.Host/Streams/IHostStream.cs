using System.IO.Pipelines;

namespace Vmm.Host.Streams;

/// <summary>A place that a byte stream leads to. It is there as long as the process: the devices of each life of the machine open it anew.</summary>
internal interface IHostStream : IDisposable
{
    /// <summary>Connects a device, which completes both pipes at its end.</summary>
    IDuplexPipe Open();

    /// <summary>Waits until what devices wrote, and completed, is out.</summary>
    /// <param name="patience">How long a reader that does not read can hold the process up.</param>
    void Drain(TimeSpan patience);
}
