namespace Vmm.Host.Tests.Control.Serving;

/// <summary>Waits for what another process does.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    internal static async Task BecomesTrueAsync(Func<bool> condition)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(ControlledVmm.Patience);
        while (!condition())
        {
            await Task.Delay(Interval, timeout.Token);
        }
    }
}
