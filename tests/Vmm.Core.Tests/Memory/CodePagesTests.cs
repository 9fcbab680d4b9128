using System.Globalization;
using Vmm.Core.Memory;

namespace Vmm.Core.Tests.Memory;

public sealed class CodePagesTests
{
    [Fact]
    public void Release_OfARunningProcess_UnmapsCodeAndItGoesOn()
    {
        ulong released = CodePages.Release();

        Assert.InRange(released, 1UL << 20, ulong.MaxValue); // the runtime alone has megabytes
        Assert.Equal("42", 42.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Release_WhileCodeRuns_HarmsNobody()
    {
        using CancellationTokenSource end = new();
        Task<int> busy = Task.Run(() =>
        {
            int rounds = 0;
            while (!end.IsCancellationRequested)
            {
                rounds += string.Join(',', Enumerable.Range(0, 10).Select(i => i.ToString(CultureInfo.InvariantCulture))) == "0,1,2,3,4,5,6,7,8,9" ? 1 : throw new InvalidOperationException("wrong");
            }

            return rounds;
        });
        for (int i = 0; i < 20; i++)
        {
            Assert.NotEqual(0UL, CodePages.Release());
        }

        await end.CancelAsync();
        Assert.True(await busy >= 0);
    }
}
