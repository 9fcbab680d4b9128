using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.Quotes.Development;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>An emulated platform with a folder of development keys.</summary>
public sealed class TestPlatform : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("vmm-keys-").FullName;

    public TestPlatform()
    {
        Folder = Path.Combine(_parent, "vmm", "attestation");
        Store = new DevelopmentKeyStore(Folder);
    }

    public string Folder { get; }

    public DevelopmentKeyStore Store { get; }

    internal TdReportBuilder Reports { get; } = new(new EmulatedPlatform());

    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificateFromFile(Store.RootPath)];

    /// <summary>A report whose fields can be told from one another.</summary>
    public byte[] Report(TdAttributes attributes = TdAttributes.SeptVeDisable)
    {
        TdInfo info = new() { Attributes = attributes, Xfam = Xfam.X87 | Xfam.Sse };
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<TdInfo>(ref info));
        for (int i = 16; i < 400; i++)
        {
            bytes[i] = (byte)(i / 48);
        }

        byte[] data = [.. Enumerable.Range(100, 64).Select(i => (byte)i)];
        Reports.Build(in info, data, out TdReport report);
        return MemoryMarshal.AsBytes(new ReadOnlySpan<TdReport>(in report)).ToArray();
    }

    public async Task<byte[]> Quote(int version, byte[]? report = null)
    {
        using DevelopmentQuoteProvider provider = new(Reports, Store, version);
        return (await provider.GetQuoteAsync(report ?? Report(), CancellationToken.None)).ToArray();
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}
