using Vmm.Tdx.VmCalls;

namespace Vmm.Integration.Tests.Hostile;

/// <summary>Lets a guest report fatal errors and go on.</summary>
internal sealed class DeafSink : IFatalErrorSink
{
    public void Report(FatalError error)
    {
    }
}
