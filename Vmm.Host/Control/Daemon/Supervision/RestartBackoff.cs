using Vmm.Host.Control.Api;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>Whether and when a machine whose run has ended is started again.</summary>
internal static class RestartBackoff
{
    /// <summary>A run that lasts so long was a success: the next failure is the first again.</summary>
    public static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>How long to wait before the next start; null for no start.</summary>
    /// <param name="policy">What the user wants.</param>
    /// <param name="exitCode">How the run ended.</param>
    /// <param name="shortRuns">How many runs in a row, this one included, were too short to be a success.</param>
    public static TimeSpan? DelayAfter(RestartPolicy? policy, int exitCode, uint shortRuns)
    {
        bool wanted = policy?.Mode switch
        {
            RestartPolicy.Types.Mode.Always => true,
            RestartPolicy.Types.Mode.OnFailure => exitCode != 0,
            _ => false,
        };
        if (!wanted || (policy!.MaxRetries > 0 && shortRuns > policy.MaxRetries))
        {
            return null;
        }

        // 1 s, 2 s, 4 s … 1 min. The shift is bounded: no number of runs overflows it.
        int doublings = (int)Math.Min(shortRuns == 0 ? 0 : shortRuns - 1, 6);
        TimeSpan delay = First * (1 << doublings);
        return delay < Longest ? delay : Longest;
    }
}
