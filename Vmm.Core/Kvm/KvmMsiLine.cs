using Vmm.Core.Interop;
using Vmm.Core.Interrupts;

namespace Vmm.Core.Kvm;

/// <summary>A message with a route and an eventfd that raises it.</summary>
internal sealed class KvmMsiLine(KvmInterruptRoutes routes, EventFd line, int gsi) : IMsiLine
{
    public void SetMessage(MsiMessage message) => routes.Set(gsi, message);

    public void Signal() => line.Raise();
}
