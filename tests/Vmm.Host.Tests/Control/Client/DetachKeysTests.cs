using System.Text;
using Vmm.Host.Control.Client;
using Vmm.Host.Errors;

namespace Vmm.Host.Tests.Control.Client;

public sealed class DetachKeysTests
{
    [Theory]
    [InlineData("ctrl-a,d", "abc", "abc", false)]
    [InlineData("ctrl-a,d", "ab\u0001dxyz", "ab", true)]
    [InlineData("ctrl-a,d", "\u0001x", "\u0001x", false)]
    [InlineData("ctrl-a,d", "\u0001\u0001d", "\u0001", true)]
    [InlineData("ctrl-a,d", "d", "d", false)]
    [InlineData("ctrl-p,ctrl-q", "\u0010\u0011", "", true)]
    [InlineData("ctrl-]", "q\u001d", "q", true)]
    [InlineData("", "\u0001d", "\u0001d", false)]
    public void Filter_TypedAtOnceOrKeyByKey_LeavesOnTheKeysAndPassesTheRest(string keys, string typed, string expected, bool expectedLeft)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(typed);
        foreach (int size in new[] { 1, bytes.Length })
        {
            var detach = DetachKeys.Parse(keys);
            List<byte> guest = [];

            bool left = bytes.Chunk(size).Any(chunk => detach.Filter(chunk, guest));

            Assert.Equal(expectedLeft, left);
            Assert.Equal(expected, Encoding.ASCII.GetString([.. guest]));
        }
    }

    [Theory]
    [InlineData("ctrl-")]
    [InlineData("ctrl-ä")]
    [InlineData("ctrl-1")]
    [InlineData("a,,b")]
    [InlineData("alt-x")]
    public void Parse_NoKeys_IsRefused(string keys) => Assert.Equal(ExitCode.Usage, Assert.Throws<UserErrorException>(() => DetachKeys.Parse(keys)).Code);
}
