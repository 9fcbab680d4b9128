using Vmm.Core.Memory;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>MapGPA: R12 = first GPA, whose shared bit says what the pages become, R13 = size; R11 = the first GPA not processed, unless all were.</summary>
public sealed class MapGpaHandler : IVmCallHandler
{
    private const ulong ChunkSize = 2 << 20; // as KVM's TDX_MAP_GPA_MAX_LEN

    private readonly IPageConverter _pages;
    private readonly GpaWidth _gpaWidth;
    private readonly int _chunksPerCall;

    /// <summary>Serves MapGPA.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The options allow no chunk at all.</exception>
    public MapGpaHandler(IPageConverter pages, GpaWidth gpaWidth, MapGpaOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ChunksPerCall, 1, nameof(options));
        _pages = pages;
        _gpaWidth = gpaWidth;
        _chunksPerCall = options.ChunksPerCall;
    }

    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.MapGpa;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        ulong start = call.R12;
        ulong end = call.R12 + call.R13;
        result.R11 = start;
        if (end <= start || !_gpaWidth.Contains(start) || !_gpaWidth.Contains(end - 1) || _gpaWidth.IsShared(start) != _gpaWidth.IsShared(end - 1))
        {
            return VmCallStatus.InvalidOperand;
        }

        if ((start | end) % GuestMemory.PageSize != 0)
        {
            return VmCallStatus.AlignError;
        }

        return Convert(in call, start, end, ref result);
    }

    private VmCallStatus Convert(in VmCallRequest call, ulong start, ulong end, ref VmCallRegisters result)
    {
        bool shared = _gpaWidth.IsShared(start);
        ulong next = start;
        for (int chunk = 0; ; chunk++)
        {
            if (chunk == _chunksPerCall || (chunk > 0 && call.Vcpu.HasPendingEvent))
            {
                result.R11 = next;
                return VmCallStatus.Retry;
            }

            ulong size = Math.Min(ChunkSize, end - next);
            if (_pages.Convert(_gpaWidth.WithoutSharedBit(next), size, shared) == MapGpaOutcome.Refused)
            {
                result.R11 = next;
                return VmCallStatus.InvalidOperand;
            }

            next += size;
            if (next == end)
            {
                result.R11 = call.Registers.R11; // KVM leaves it alone on success
                return VmCallStatus.Success;
            }
        }
    }
}
