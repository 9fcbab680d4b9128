using Vmm.Core.Kvm;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>Tries a command again while the kernel says that it was only interrupted or busy; not for ever.</summary>
/// <param name="pause">Waits between two attempts; a test does not.</param>
public sealed class LaunchRetry(Action<TimeSpan> pause)
{
    /// <summary>Attempts in a row without progress.</summary>
    public const int MaxAttempts = 20;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for real.</summary>
    public static LaunchRetry Patient { get; } = new(Thread.Sleep);

    /// <summary>Runs a command until it succeeds, fails for good or comes no further.</summary>
    /// <param name="command">The command.</param>
    /// <param name="left">What is left to do; less than before is progress, after which the attempts count anew.</param>
    /// <returns>The last answer, and the number of attempts since there was progress.</returns>
    public (KvmTdxResult Result, int Attempts) Run(Func<KvmTdxResult> command, Func<ulong>? left = null)
    {
        ulong before = left?.Invoke() ?? 0;
        for (int attempt = 1; ; attempt++)
        {
            KvmTdxResult result = command();
            ulong now = left?.Invoke() ?? 0;
            if (now < before)
            {
                (before, attempt) = (now, 1);
            }

            if (!result.IsTransient || attempt == MaxAttempts)
            {
                return (result, attempt);
            }

            if (!result.IsInterrupted)
            {
                pause(Step * attempt);
            }
        }
    }
}
