namespace Vmm.Tdx.VmCalls;

/// <summary>Where a guest's last words go: the machine, which stops.</summary>
public interface IFatalErrorSink
{
    /// <summary>The guest gives up. Called on the vCPU's thread; does not block.</summary>
    void Report(FatalError error);
}
