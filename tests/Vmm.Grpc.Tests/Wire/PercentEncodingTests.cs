using Grpc.Wire;

namespace Vmm.Grpc.Tests.Wire;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100 %", "100 %25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("ä€", "%C3%A4%E2%82%AC")]
    public void Text_Encoded_AndBack(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("50% of", "50% of")]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    public void Decode_NoCode_StaysAsItIs(string encoded, string text) => Assert.Equal(text, PercentEncoding.Decode(encoded));
}
