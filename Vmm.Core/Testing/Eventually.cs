namespace Vmm.Core.Testing;

/// <summary>Waits for what another thread will do.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until a condition holds.</summary>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static async Task True(Func<bool> condition)
    {
        for (TimeSpan waited = TimeSpan.Zero; !condition(); waited += TimeSpan.FromMilliseconds(1))
        {
            if (waited > s_patience)
            {
                throw new TimeoutException($"the condition did not come true within {s_patience}");
            }

            await Task.Delay(1).ConfigureAwait(false);
        }
    }
}
