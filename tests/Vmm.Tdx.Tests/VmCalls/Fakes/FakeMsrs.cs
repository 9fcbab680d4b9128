using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

/// <summary>A host that has every register up to 0xFFF, each reading as its own number.</summary>
internal sealed class FakeMsrs : IMsrAccess
{
    private const uint Count = 0x1000;

    public (uint Index, ulong Value)? Written { get; private set; }

    public bool TryRead(IVmCallVcpu vcpu, uint index, out ulong value)
    {
        value = index;
        return index < Count;
    }

    public bool TryWrite(IVmCallVcpu vcpu, uint index, ulong value)
    {
        Written = (index, value);
        return index < Count;
    }
}
