using Vmm.Host.Control.Client;
using Vmm.Host.Errors;

namespace Vmm.Host.Tests.Control.Client;

public sealed class HostAddressTests
{
    [Theory]
    [InlineData("/run/a.sock", "unix:///run/a.sock")]
    [InlineData("unix:///run/a.sock", "unix:///run/a.sock")]
    [InlineData("unix:/run/a.sock", "unix:///run/a.sock")]
    [InlineData("tcp://lab", "tcp://lab:7070")]
    [InlineData("tcp://lab:7/", "tcp://lab:7")]
    [InlineData("tcp://[::1]:7", "tcp://[::1]:7")]
    public void Parse_Address_IsTaken(string text, string expected) => Assert.Equal(expected, HostAddress.Parse(text, "--host").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("lab")]
    [InlineData("lab:7")]
    [InlineData("unix:")]
    [InlineData("tcp:")]
    [InlineData("tcp://")]
    [InlineData("tcp://lab:7/path")]
    [InlineData("http://lab:7")]
    public void Parse_NoAddress_IsRefusedInOneLine(string text)
    {
        UserErrorException refused = Assert.Throws<UserErrorException>(() => HostAddress.Parse(text, "VMM_HOST"));

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains($"VMM_HOST: \"{text}\"", Assert.Single(refused.Lines), StringComparison.Ordinal);
    }
}
