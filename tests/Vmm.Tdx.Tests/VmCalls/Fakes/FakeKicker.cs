using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

internal sealed class FakeKicker : IVcpuKicker
{
    public uint? Kicked { get; private set; }

    public void Kick(uint apicId) => Kicked = apicId;
}
