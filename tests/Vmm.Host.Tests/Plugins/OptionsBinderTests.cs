using System.ComponentModel.DataAnnotations;
using System.Text;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Plugins;

namespace Vmm.Host.Tests.Plugins;

public sealed class OptionsBinderTests
{
    public enum Colour
    {
        Red,
        DarkBlue,
    }

    [Fact]
    public void Bind_Everything_IsRead()
    {
        Options options = Bind("""
            { "port": "0x520", "offset": -3, "colour": "darkBlue", "sizes": [1, 2], "inner": { "text": "t" }, "inners": [ { "text": "a" }, { "text": "b", "flag": true } ], "file": "f", "big": "0xffffffffffffffff" }
            """).Options;

        Assert.Equal(0x520, options.Port);
        Assert.Equal(-3, options.Offset);
        Assert.Equal(Colour.DarkBlue, options.Colour);
        Assert.Equal([1, 2], options.Sizes);
        Assert.Equal("t", options.Inner.Text);
        Assert.Equal(["a", "b"], options.Inners.Select(inner => inner.Text));
        Assert.True(options.Inners[1].Flag);
        Assert.Equal("/folder/f", options.File!.FullName);
        Assert.Equal(ulong.MaxValue, options.Big);
    }

    [Fact]
    public void Bind_Nothing_KeepsDefaults() => Assert.Equal(new Options().Port, Bind("{ }").Options.Port);

    [Theory]
    [InlineData("""{ "port": 255 }""", "$.port: expected a whole number from 256 to 65280, found the number 255")]
    [InlineData("""{ "offset": 11 }""", "$.offset: expected a whole number from -10 to 10, found the number 11")]
    [InlineData("""{ "colour": "drakBlue" }""", "$.colour: expected one of red, darkBlue, found \"drakBlue\"; did you mean \"darkBlue\"?")]
    [InlineData("""{ "sizes": [1, 256] }""", "$.sizes[1]: expected a whole number from 0 to 255, found the number 256")]
    [InlineData("""{ "sizes": 1 }""", "$.sizes: expected a list [ … ], found the number 1")]
    [InlineData("""{ "inner": { "txet": "t", "text": "t" } }""", "$.inner.txet: unknown key; did you mean \"text\"?")]
    [InlineData("""{ "inners": [ { } ] }""", "$.inners[0]: the option \"text\" is missing, and there is no default for it")]
    [InlineData("""{ "inners": [ { "text": "much too long" } ] }""", "$.inners[0].text: The field text must be a string or array type with a maximum length of '4'")]
    [InlineData("""{ "file": 1 }""", "$.file: expected a path, found the number 1")]
    public void Bind_Mistake_IsOneLineWithItsPath(string json, string expected)
    {
        ConfigError error = Assert.Single(Bind(json).Errors);

        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Require_TypeThatNoConfigurationCanGive_NamesTheOption()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => OptionsBinder.Require(typeof(Impossible), "device type \"x\""));

        Assert.Equal("device type \"x\": the option \"when\" is a DateTime, which no configuration can give", Assert.Single(error.Lines));
    }

    private static (Options Options, IReadOnlyList<ConfigError> Errors) Bind(string json)
    {
        ConfigErrors errors = new();
        ConfigNode node = ConfigFile.Parse(Encoding.UTF8.GetBytes(json), new ConfigSource("td.json", "/folder", IsCommandLine: false), errors)!;
        var options = (Options)OptionsBinder.Bind(typeof(Options), new ConfigObject(node, errors))!;
        return (options, errors.All);
    }

    public sealed record Options
    {
        [Range(0x100, 0xFF00)]
        public ushort Port { get; init; } = 0x200;

        [Range(-10, 10)]
        public int Offset { get; init; }

        public Colour? Colour { get; init; }

        public IReadOnlyList<byte> Sizes { get; init; } = [];

        public Inner Inner { get; init; } = new() { Text = "" };

        public Inner[] Inners { get; init; } = [];

        public FileInfo? File { get; init; }

        public ulong Big { get; init; }
    }

    public sealed record Inner
    {
        [MaxLength(4)]
        public required string Text { get; init; }

        public bool Flag { get; init; }
    }

    public sealed record Impossible
    {
        public DateTime When { get; init; }
    }
}
