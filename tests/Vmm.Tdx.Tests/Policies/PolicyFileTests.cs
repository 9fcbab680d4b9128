using System.Text;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Tests.Policies;

public sealed class PolicyFileTests
{
    [Theory]
    [InlineData("configs/policy-default.json")]
    [InlineData("configs/policy-strict.json")]
    public void Load_ShippedPolicy_HasNoProblem(string file) => Assert.NotNull(Policy.Load(file));

    [Fact]
    public void Default_IsTheShippedFile() => Assert.Equal(Policy.Load("configs/policy-default.json").Msr.Rules, Policy.Default.Msr.Rules);

    [Theory]
    [InlineData("""{ "leaf": 1, "eax": { "fix": 1 } }, { "leaf": 1, "eax": { "fix": 2 } }""", "$.cpuid.rules[1].eax")]
    [InlineData("""{ "leaf": 1, "eax": { "fix": 1 } }, { "leaf": 1, "eax": { "mask": 1 } }""", "$.cpuid.rules[1].eax")]
    [InlineData("""{ "leaf": 1, "eax": { "fix": 1 } }, { "leaf": 1, "eax": "pass" }""", "$.cpuid.rules[1].eax")]
    [InlineData("""{ "leaf": 1, "eax": { "mask": "0xfe" } }, { "leaf": 1, "eax": { "set": 1 } }""", "$.cpuid.rules[1].eax")]
    [InlineData("""{ "leaf": 1, "eax": { "mask": "0xfe", "set": 1 } }""", "$.cpuid.rules[0].eax")]
    [InlineData("""{ "leaf": 1, "eax": { "fix": 1, "set": 1 } }""", "$.cpuid.rules[0].eax")]
    [InlineData("""{ "leaf": 1, "eax": { "fix": 1 } }, { "leaf": "0-4", "action": "drop" }""", "$.cpuid.rules[1]")]
    [InlineData("""{ "leaf": 7, "subleaf": 1, "eax": { "fix": 1 } }, { "leaf": 7, "eax": { "fix": 2 } }""", "$.cpuid.rules[1].eax")]
    [InlineData("""{ "leaf": "0x100000000", "action": "drop" }""", "$.cpuid.rules[0].leaf")]
    [InlineData("""{ "leaf": "5-4", "action": "drop" }""", "$.cpuid.rules[0].leaf")]
    [InlineData("""{ "leaf": "5-6", "eax": "pass" }""", "$.cpuid.rules[0].leaf")]
    [InlineData("""{ "leaf": 1, "eaz": { "fix": 1 }, "action": "drop" }""", "$.cpuid.rules[0].eaz")]
    [InlineData("""{ "leaf": 1 }""", "$.cpuid.rules[0]")]
    [InlineData("""{ "eax": { "fix": 1 } }""", "$.cpuid.rules[0]")]
    [InlineData("""{ "leaf": 1, "guests": "tds", "action": "drop" }""", "$.cpuid.rules[0].guests")]
    [InlineData("""{ "leaf": 1, "eax": { "fix": "0x1ffffffff" } }""", "$.cpuid.rules[0].eax.fix")]
    [InlineData("""{ "leaf": 1, "eax": { "fix": -1 } }""", "$.cpuid.rules[0].eax.fix")]
    [InlineData("""{ "leaf": 1, "eax": { "fix": "one" } }""", "$.cpuid.rules[0].eax.fix")]
    [InlineData("""{ "leaf": 1, "eax": {} }""", "$.cpuid.rules[0].eax")]
    [InlineData("""{ "leaf": 1, "eax": 5 }""", "$.cpuid.rules[0].eax")]
    [InlineData("7", "$.cpuid.rules[0]")]
    public void Parse_BadCpuidRule_IsReportedAtItsPath(string rules, string path) =>
        Assert.Equal(path, Assert.Single(Problems($$"""{ "cpuid": { "rules": [ {{rules}} ] } }""")).Path);

    [Theory]
    [InlineData("""{ "leaf": 1, "eax": { "fix": 1 } }, { "leaf": 1, "eax": { "fix": 1 } }""")]
    [InlineData("""{ "leaf": 1, "guests": "td", "eax": { "fix": 1 } }, { "leaf": 1, "guests": "ordinary", "eax": { "fix": 2 } }""")]
    [InlineData("""{ "leaf": 7, "subleaf": 0, "eax": { "fix": 1 } }, { "leaf": 7, "subleaf": 1, "eax": { "fix": 2 } }""")]
    [InlineData("""{ "leaf": 1, "eax": { "mask": "0xf0" } }, { "leaf": 1, "eax": { "mask": "0x3c", "set": "0x10" } }""")]
    [InlineData("""{ "leaf": 1, "eax": { "fix": 1 } }, { "leaf": 1, "ebx": { "set": 2 } }""")]
    public void Parse_CompatibleCpuidRules_AreNoProblem(string rules) => Assert.Empty(Problems($$"""{ "cpuid": { "rules": [ {{rules}} ] } }"""));

    [Theory]
    [InlineData("""{ "index": "1-5", "action": "allow" }, { "index": 5, "action": "deny" }""", "$.msr.rules[1]")]
    [InlineData("""{ "index": 1, "action": "constant" }""", "$.msr.rules[0]")]
    [InlineData("""{ "index": 1, "action": "allow", "value": 1 }""", "$.msr.rules[0].value")]
    [InlineData("""{ "index": 1, "action": "permit" }""", "$.msr.rules[0].action")]
    [InlineData("""{ "index": 1, "action": "allow", "write": "store" }""", "$.msr.rules[0].write")]
    [InlineData("""{ "index": 1, "action": "allow", "log": 1 }""", "$.msr.rules[0].log")]
    [InlineData("""{ "index": "0-0x1000", "action": "store" }""", "$.msr.rules[0]")]
    [InlineData("""{ "index": "0-0xffffffff", "action": "store" }""", "$.msr.rules[0]")]
    [InlineData("""{ "action": "deny" }""", "$.msr.rules[0]")]
    public void Parse_BadMsrRule_IsReportedAtItsPath(string rules, string path) =>
        Assert.Equal(path, Assert.Single(Problems($$"""{ "msr": { "rules": [ {{rules}} ] } }""")).Path);

    [Fact]
    public void Parse_ManyProblems_ReportsAllInOrderWithTheirPlaces()
    {
        const string File = """
            {
              "cpuid": { "rulez": [] },
              "msr": {
                "default": "maybe", // nothing else
                "default": "deny"
              },
              "smm": 1,
            }
            """;

        IReadOnlyList<PolicyProblem> problems = Problems(File);

        Assert.Equal([(2, 14), (4, 16), (5, 5), (7, 3)], problems.Select(problem => (problem.Line, problem.Column)));
        Assert.Contains("'rules'", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("\"deny\", \"allow\"", problems[1].Message, StringComparison.Ordinal);
        Assert.Contains("twice", problems[2].Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'msr'", problems[3].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{ \"cpuid\": ")]
    public void Parse_NoJson_IsOneProblem(string text) => Assert.Single(Problems(text));

    [Fact]
    public void Exception_Message_NamesFileAndPlace()
    {
        PolicyException exception = Assert.Throws<PolicyException>(() => Policy.Parse("[]"u8.ToArray(), "mine.json"));

        Assert.StartsWith("mine.json:1:1: $: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_DamagedDefault_NeverThrowsAnythingElse()
    {
        byte[] original = File.ReadAllBytes("configs/policy-default.json");
        Random random = new(11);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. original];
            for (int j = random.Next(1, 4); j > 0; j--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            Exception? exception = Record.Exception(() => Policy.Parse(damaged, "damaged"));
            Assert.True(exception is null or PolicyException, exception?.ToString());
        }
    }

    private static IReadOnlyList<PolicyProblem> Problems(string json) =>
        (Record.Exception(() => Policy.Parse(Encoding.UTF8.GetBytes(json), "test")) as PolicyException)?.Problems ?? [];
}
