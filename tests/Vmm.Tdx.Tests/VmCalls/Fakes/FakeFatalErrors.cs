using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

internal sealed class FakeFatalErrors : IFatalErrorSink
{
    public List<FatalError> Reports { get; } = [];

    public void Report(FatalError error) => Reports.Add(error);
}
