using Vmm.Host.Control.Client;

namespace Vmm.Host.Tests.Control.Client;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Parse_Samples_AreReadAndTheRestIsPassedOver()
    {
        const string Text = """
            # HELP vmm_exits_total Exits.
            # TYPE vmm_exits_total counter
            vmm_exits_total{machine="a b",kind="io"} 17

            vmm_up 1 1700000000000
            vmm_size{path="C:\\x \"}\" ,y\n"} 1.5e3
            no sample at all {
            vmm_none
            """;

        PrometheusSample[] samples = [.. PrometheusText.Parse(Text)];

        Assert.Equal(["vmm_exits_total", "vmm_up", "vmm_size"], samples.Select(sample => sample.Name));
        Assert.Equal([17, 1, 1500], samples.Select(sample => sample.Value));
        Assert.Equal([("kind", "io"), ("machine", "a b")], samples[0].Labels.OrderBy(label => label.Key).Select(label => (label.Key, label.Value)));
        Assert.Equal("C:\\x \"}\" ,y\n", samples[2].Labels["path"]);
    }
}
