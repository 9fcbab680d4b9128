using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Tests.Module.Pages;

/// <summary>The rules for a TD's pages as the specification words them, one page at a time.</summary>
internal sealed class PageModel(int pages)
{
    private const int PagesOfLarge = 512;
    private readonly PageState[] _states = [.. Enumerable.Repeat(PageState.Private, pages)];
    private readonly bool[] _large = new bool[pages];

    /// <summary>What a page holds: a mark that a test left, or 0.</summary>
    public byte[] Marks { get; } = new byte[pages];

    public PageState State(int page) => _states[page];

    public int Level(int page) => _large[page] ? 1 : 0;

    /// <summary>MapGPA: a page that changes loses its contents, and a private one is pending until it is accepted; others stay.</summary>
    public void Convert(int page, int count, bool shared)
    {
        for (int i = page; i < page + count; i++)
        {
            if (shared != (_states[i] == PageState.Shared))
            {
                _states[i] = shared ? PageState.Shared : PageState.Pending;
                Marks[i] = 0;
                Array.Fill(_large, false, i / PagesOfLarge * PagesOfLarge, PagesOfLarge);
            }
        }
    }

    /// <summary>TDG.MEM.PAGE.ACCEPT, with a VMM that gives a private page for a shared one.</summary>
    public ulong Accept(int page, int level)
    {
        if (_large[page])
        {
            return 0x00000B0A00000001;
        }

        int count = level == 0 ? 1 : PagesOfLarge;
        if (level == 0 && _states[page] == PageState.Private)
        {
            return 0x00000B0A00000000;
        }

        if (level == 1 && _states.AsSpan(page, count).ContainsAnyExcept(PageState.Pending))
        {
            return 0xC0000B0B00000001;
        }

        _states.AsSpan(page, count).Fill(PageState.Private);
        Marks.AsSpan(page, count).Clear();
        _large.AsSpan(page, count).Fill(level == 1);
        return 0;
    }
}
