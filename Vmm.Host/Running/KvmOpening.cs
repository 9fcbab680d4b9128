using Vmm.Core.Kvm;

namespace Vmm.Host.Running;

/// <summary>Opens KVM beside whatever else there is to prepare, and asks it what takes longest to answer.</summary>
internal sealed class KvmOpening : IDisposable
{
    private readonly Task<KvmSystem> _opening = Task.Run(Open);

    /// <summary>KVM; waits for it.</summary>
    /// <exception cref="KvmException">It cannot be opened.</exception>
    internal KvmSystem Kvm => _opening.GetAwaiter().GetResult();

    public void Dispose() => _ = _opening.ContinueWith(
        opened => opened.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private static KvmSystem Open()
    {
        KvmSystem kvm = KvmSystem.Open();
        kvm.GetSupportedCpuid();
        return kvm;
    }
}
