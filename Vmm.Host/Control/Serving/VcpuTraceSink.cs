using Vmm.Tdx.Tracing;

namespace Vmm.Host.Control.Serving;

/// <summary>Passes the records of some vCPUs on.</summary>
internal sealed class VcpuTraceSink : ITraceSink
{
    private readonly ITraceSink _next;
    private readonly bool[] _wanted;

    /// <summary>Makes one.</summary>
    /// <param name="next">Who gets them.</param>
    /// <param name="count">Number of vCPUs.</param>
    /// <param name="wanted">Which ones.</param>
    internal VcpuTraceSink(ITraceSink next, int count, IEnumerable<uint> wanted)
    {
        _next = next;
        _wanted = new bool[count];
        foreach (uint vcpu in wanted)
        {
            _wanted[vcpu] = true;
        }
    }

    public void Write(in TraceRecord record)
    {
        if (_wanted[record.Vcpu])
        {
            _next.Write(in record);
        }
    }
}
