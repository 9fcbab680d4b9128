using System.Runtime.InteropServices;
using System.Text.Json;
using Vmm.Guests;
using Vmm.Host.Cli;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Attestation.Quotes.Development;

namespace Vmm.Host.Tests.Cli;

public sealed class QuoteCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly DevelopmentKeyStore _keys;

    public QuoteCommandTests() => _keys = new DevelopmentKeyStore(Path.Combine(_folder.Path, "keys"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inspect_Quote_HasEveryField()
    {
        Assert.Equal(0, Vmm("quote", "inspect", WriteQuote(Report(default)), "-o", "json"));

        JsonElement quote = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal("5", quote.GetProperty("header").GetProperty("version").GetString());
        Assert.Equal("0x0000000010000000", quote.GetProperty("td").GetProperty("attributes").GetString());
        Assert.StartsWith("6e6f6e6365", quote.GetProperty("td").GetProperty("reportData").GetString()!, StringComparison.Ordinal);
        Assert.Equal(3, quote.GetProperty("certificates").EnumerateObject().Count());
        Assert.StartsWith("yes", quote.GetProperty("td").GetProperty("emulated").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_IdentitiesThatAreText_AreReadable()
    {
        Assert.Equal(0, Vmm("quote", "inspect", WriteQuote(Report(default))));
        Assert.Contains("\"VMM EMULATED TDX MODULE - NO CONFIDENTIALITY\"", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"nonce\"", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Report_HasItsHashesChecked()
    {
        byte[] report = Report(default);
        report[600] ^= 1;

        Assert.Equal(0, Vmm("quote", "inspect", Write("report", report)));
        Assert.Contains("(right)", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("(WRONG", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_MeasurementsOfTheConfiguration_AreCompared()
    {
        string good = Config("good.json", "quiet");
        Assert.Equal(0, Vmm("measure", good, "-o", "json"));
        string log = _folder.Write("log.json", _output.ToString());
        string quote = WriteQuote(Report(MeasurementJson.Read(File.ReadAllBytes(log)).Identity));
        _output.GetStringBuilder().Clear();

        Assert.Equal(0, Vmm("quote", "verify", quote, "--root", _keys.RootPath, "--measurements", log));
        Assert.EndsWith("verified\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("EMULATED", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("not checked  TCB", _output.ToString(), StringComparison.Ordinal);

        Assert.Equal(1, Vmm("quote", "verify", quote, "--root", _keys.RootPath, "--measurements", Config("other.json", "debug")));
        Assert.Contains("FAILED       RTMR2", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED       MRTD", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, """{ "reportData": "6e6f6e6365", "attributes": "0x10000000", "xfam": ["0x7", "0x3"] }""")]
    [InlineData(1, """{ "reportData": "00" }""")]
    [InlineData(65, """{ "reportDate": "00" }""")]
    [InlineData(65, """{ "mrTd": "00" }""")]
    [InlineData(65, """{ "allowDebug": 1 }""")]
    public void Verify_Policy_Decides(int code, string policy) =>
        Assert.Equal(code, Vmm("quote", "verify", WriteQuote(Report(default)), "--root", _keys.RootPath, "--policy", _folder.Write("policy.json", policy)));

    [Fact]
    public void Verify_ChangedQuote_Code1AndTheReason()
    {
        string file = WriteQuote(Report(default));
        byte[] quote = File.ReadAllBytes(file);
        quote[200] ^= 1;

        Assert.Equal(1, Vmm("quote", "verify", Write("changed", quote), "--root", _keys.RootPath, "-o", "json"));
        JsonElement verdict = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.False(verdict.GetProperty("verified").GetBoolean());
        Assert.Equal("FAILED", verdict.GetProperty("checks")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public void Verify_NoQuoteOrNoRoot_OneLineAndCode()
    {
        string quote = WriteQuote(Report(default));

        Assert.Equal(65, Vmm("quote", "verify", _folder.Write("text", "no quote"), "--root", _keys.RootPath));
        Assert.Equal(65, Vmm("quote", "verify", Write("report", Report(default)), "--root", _keys.RootPath));
        Assert.Equal(65, Vmm("quote", "verify", quote, "--root", _folder.Write("noroot", "x")));
        Assert.Equal(66, Vmm("quote", "verify", "/nowhere", "--root", _keys.RootPath));
        Assert.Equal(64, Vmm("quote", "verify", quote));
        Assert.Equal(5, _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    /// <summary>A quote has certificates in it, and would vouch for itself.</summary>
    [Fact]
    public void Verify_QuoteAsItsOwnRoot_Code65()
    {
        string quote = WriteQuote(Report(default));

        Assert.Equal(65, Vmm("quote", "verify", quote, "--root", quote));
        Assert.Contains("no certificate in PEM or DER", _errors.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Every file that can be named, against files that are none: one line each, and the code for it.</summary>
    [Theory]
    [InlineData(65, "empty")]
    [InlineData(66, ".")]
    [InlineData(65, "/dev/null")]
    [InlineData(65, "/dev/zero")]
    [InlineData(65, "sparse")]
    [InlineData(65, "text")]
    [InlineData(66, "/nowhere")]
    public void AnyFile_ThatIsNone_OneLineAndCode(int code, string name)
    {
        _folder.Write("empty", "");
        _folder.Write("text", "{ \"x\": [");
        using (FileStream sparse = File.Create(Path.Combine(_folder.Path, "sparse")))
        {
            sparse.SetLength(10L << 30);
        }

        string file = Path.Combine(_folder.Path, name);
        string quote = WriteQuote(Report(default));
        string[][] commands =
        [
            ["quote", "inspect", file],
            ["quote", "verify", file, "--root", _keys.RootPath],
            ["quote", "verify", quote, "--root", file],
            ["quote", "verify", quote, "--root", _keys.RootPath, "--policy", file],
            ["quote", "verify", quote, "--root", _keys.RootPath, "--measurements", file],
            ["measure", file],
            ["measure", "--firmware", file],
            ["measure", "--diff", file, file],
        ];
        foreach (string[] command in commands)
        {
            _errors.GetStringBuilder().Clear();
            Assert.Equal(code, Vmm(command));
            Assert.Contains(file, Assert.Single(_errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }

        Assert.Empty(_output.ToString());
    }

    [Theory]
    [InlineData(""" { "provider": "qgs", "endpoint": "vsock:2:4050", "timeoutSeconds": 5 } """, null)]
    [InlineData(""" { "provider": "development", "version": 5 } """, null)]
    [InlineData(""" { "provider": "none" } """, null)]
    [InlineData(""" { "provider": "qgs" } """, "the provider \"qgs\" needs an \"endpoint\"")]
    [InlineData(""" { "provider": "qgs", "endpoint": "localhost" } """, "$.td.quote.endpoint: expected \"unix:/path\"")]
    [InlineData(""" { "endpoint": "tcp:localhost:1" } """, "an endpoint is for the provider \"qgs\"")]
    [InlineData(""" { "version": 3 } """, "expected a whole number from 4 to 5")]
    [InlineData(""" { "provider": "qgs", "endpoint": "tcp:localhost:1", "version": 4 } """, "a version is for the provider \"development\"")]
    [InlineData(""" { "provider": "qgs", "endpoint": "tcp:localhost:1", "timeoutSeconds": 30 } """, "expected a whole number from 1 to 29")]
    [InlineData(""" { "provider": "intel" } """, "expected one of development, qgs, none")]
    public void Check_QuoteConfiguration_IsAcceptedOrExplained(string quote, string? error)
    {
        int code = Vmm("check", Config("td.json", "", $$""" "td": { "quote": {{quote}} }, """));

        Assert.Equal(error is null ? 0 : 65, code);
        Assert.Contains(error ?? "", _errors.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A report of an emulated platform; its key is gone afterwards, so that the quote is made without the provider.</summary>
    private static byte[] Report(TdIdentity identity)
    {
        if (identity.Xfam == Xfam.None)
        {
            (identity.Attributes, identity.Xfam) = (TdAttributes.SeptVeDisable, Xfam.X87 | Xfam.Sse | Xfam.Avx);
        }

        TdInfo info = default;
        MemoryMarshal.Write(MemoryMarshal.AsBytes(new Span<TdInfo>(ref info)), in identity);
        new TdReportBuilder(new EmulatedPlatform()).Build(in info, [.. "nonce"u8, .. new byte[59]], out TdReport report);
        return MemoryMarshal.AsBytes(new ReadOnlySpan<TdReport>(in report)).ToArray();
    }

    private string WriteQuote(byte[] report)
    {
        using DevelopmentKeys keys = _keys.Open();
        return Write("quote", new DevelopmentQuoter(keys, version: 5).Quote(MemoryMarshal.Read<TdReport>(report)));
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Config(string name, string commandLine, string more = "")
    {
        Write("kernel", ElfImage.Create([0xF4, 0xEB, 0xFD]));
        return _folder.Write(name, $$"""{ {{more}} "kernel": "kernel", "memory": "16M", "cmdline": "{{commandLine}}" }""");
    }

    private int Vmm(params string[] arguments) => new CommandLine(new FakeRunner(), _output, _errors).Run(arguments);
}
