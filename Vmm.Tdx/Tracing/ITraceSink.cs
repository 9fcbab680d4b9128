namespace Vmm.Tdx.Tracing;

/// <summary>Takes records as they come.</summary>
public interface ITraceSink
{
    /// <summary>Takes one. All vCPU threads call it, each for its own vCPU: it neither blocks nor throws nor allocates.</summary>
    void Write(in TraceRecord record);
}
