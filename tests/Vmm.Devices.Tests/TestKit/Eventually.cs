namespace Vmm.Devices.Tests.TestKit;

/// <summary>Waits for what another thread will do.</summary>
internal static class Eventually
{
    public static async Task True(Func<bool> condition)
    {
        for (int i = 0; i < 5000 && !condition(); i++)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }
}
