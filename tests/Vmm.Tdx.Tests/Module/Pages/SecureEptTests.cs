using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.Module.Pages;

public sealed class SecureEptTests : IDisposable
{
    private const int Pages = (int)(TdUnderTest.MemorySize / TdUnderTest.Page);
    private const int PagesOfLarge = (int)(TdUnderTest.LargePage / TdUnderTest.Page);
    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Fact]
    public void Convert_BesideRam_TellsDeviceRangesFromHalfRam()
    {
        Assert.Equal(MapGpaOutcome.NotMemory, _td.Pages.Convert(0xFEC0_0000, TdUnderTest.Page, shared: true));
        Assert.Equal(MapGpaOutcome.Refused, _td.Pages.Convert(TdUnderTest.MemorySize - TdUnderTest.Page, 2 * TdUnderTest.Page, shared: true));
        Assert.Equal(PageState.Private, _td.Pages.GetState(TdUnderTest.MemorySize - TdUnderTest.Page));
        Assert.Equal(PageState.Absent, _td.Pages.GetState(TdUnderTest.MemorySize));
    }

    [Fact]
    public void Convert_SameState_KeepsContents()
    {
        _td.Memory.GetSpan(TdUnderTest.PrivatePage, 1)[0] = 7;
        _td.Memory.GetSpan(TdUnderTest.SharedPage, 1)[0] = 8;

        _td.Pages.Convert(TdUnderTest.PrivatePage, TdUnderTest.Page, shared: false);
        _td.Pages.Convert(TdUnderTest.SharedPage, TdUnderTest.Page, shared: true);

        Assert.Equal((7, 8), (_td.Memory.GetSpan(TdUnderTest.PrivatePage, 1)[0], _td.Memory.GetSpan(TdUnderTest.SharedPage, 1)[0]));
        Assert.Equal(PageState.Private, _td.Pages.GetState(TdUnderTest.PrivatePage));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void RandomSteps_AlwaysAgreeWithTheModel(int seed)
    {
        var random = new Random(seed);
        var model = new PageModel(Pages);
        model.Convert((int)(TdUnderTest.SharedPage / TdUnderTest.Page), 1, shared: true);
        model.Convert((int)(TdUnderTest.PendingPage / TdUnderTest.Page), 1, shared: true);
        model.Convert((int)(TdUnderTest.PendingPage / TdUnderTest.Page), 1, shared: false);
        for (int step = 0; step < 400; step++)
        {
            Step(random, model);
            if (step % 20 == 19)
            {
                AssertEqual(model, seed, step);
            }
        }
    }

    private void Step(Random random, PageModel model)
    {
        bool large = random.Next(3) == 0;
        int page = large ? random.Next(Pages / PagesOfLarge) * PagesOfLarge : random.Next(Pages);
        switch (random.Next(5))
        {
            case 0 or 1:
                int count = large ? PagesOfLarge : random.Next(1, Math.Min(64, Pages - page) + 1);
                bool shared = random.Next(2) == 0;
                Assert.Equal(MapGpaOutcome.Converted, _td.Pages.Convert(Address(page), (ulong)count * TdUnderTest.Page, shared));
                model.Convert(page, count, shared);
                break;
            case 2 or 3:
                int level = large ? 1 : 0;
                Assert.Equal(model.Accept(page, level), _td.Pages.Accept(Address(page), level).Value);
                break;
            default:
                if (model.State(page) is PageState.Private or PageState.Shared)
                {
                    model.Marks[page] = (byte)random.Next(1, 256);
                    _td.Memory.GetSpan(Address(page), (int)TdUnderTest.Page).Fill(model.Marks[page]);
                }

                break;
        }
    }

    private void AssertEqual(PageModel model, int seed, int step)
    {
        for (int page = 0; page < Pages; page++)
        {
            string where = $"seed {seed}, step {step}, page {page}";
            Assert.True(model.State(page) == _td.Pages.GetState(Address(page)), where);
            Assert.True(model.Level(page) == _td.Pages.GetLevel(Address(page)), where);
            Assert.False(_td.Memory.GetSpan(Address(page), (int)TdUnderTest.Page).ContainsAnyExcept(model.Marks[page]), where);
        }
    }

    private static ulong Address(int page) => (ulong)page * TdUnderTest.Page;
}
