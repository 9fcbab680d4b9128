using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Quotes.Development;
using Vmm.Tdx.Attestation.Quotes.Qgs;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>GetQuote as a guest sees it, with the real providers behind it.</summary>
public sealed class GuestQuoteTests : IDisposable
{
    private const ulong Buffer = TestTd.SharedRam;
    private const ulong InFlight = ulong.MaxValue;
    private const ulong Error = 0x8000_0000_0000_0000;

    private readonly TestPlatform _platform = new();

    public void Dispose() => _platform.Dispose();

    [Fact]
    public async Task GetQuote_DevelopmentProvider_PutsAQuoteThatVerifiesIntoTheBuffer()
    {
        using DevelopmentQuoteProvider provider = new(_platform.Reports, _platform.Store, 4);
        (ulong status, byte[] quote) = GetQuote(provider, _platform.Report());

        Assert.Equal(0UL, status);
        ReferenceQuote.AssertVerifies(quote, await File.ReadAllTextAsync(_platform.Store.RootPath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void GetQuote_ForgedReport_IsAnError()
    {
        using DevelopmentQuoteProvider provider = new(_platform.Reports, _platform.Store, 4);
        byte[] report = _platform.Report();
        report[600] ^= 1;

        Assert.Equal((Error, 0), GetQuote(provider, report) is var (status, quote) ? (status, quote.Length) : default);
    }

    [Fact]
    public async Task GetQuote_ServiceHangsUpOrLiesOrIsSlow_IsAnErrorInTheEnd()
    {
        foreach (byte[]? answer in new[] { [], [0xFF, 0xFF, 0xFF, 0xFF], (byte[]?)null, QgsStandIn.Answer(new byte[100_000]) })
        {
            await using QgsStandIn service = new((_, _) => answer);
            QgsQuoteProvider provider = new(QgsEndpoint.TryParse(service.Endpoint)!, TimeSpan.FromSeconds(0.5), TimeProvider.System);

            Assert.Equal((Error, 0), GetQuote(provider, _platform.Report()) is var (status, quote) ? (status, quote.Length) : default);
        }
    }

    private static (ulong Status, byte[] Quote) GetQuote(IQuoteProvider provider, byte[] report)
    {
        using TestTd td = new(services => services.AddSingleton(provider));
        BinaryPrimitives.WriteUInt64LittleEndian(td.Ram(Buffer, 8), 1);
        BinaryPrimitives.WriteInt32LittleEndian(td.Ram(Buffer + 16, 4), report.Length);
        report.CopyTo(td.Ram(Buffer + 24, report.Length));

        Assert.Equal(VmCallStatus.Success, td.Call(VmCallLeaf.GetQuote, TestTd.Shared(Buffer), 8192).Status);
        Assert.True(SpinWait.SpinUntil(() => Status(td) != InFlight, TimeSpan.FromSeconds(20)));
        int length = BinaryPrimitives.ReadInt32LittleEndian(td.Ram(Buffer + 20, 4));
        return (Status(td), td.Ram(Buffer + 24, length).ToArray());
    }

    private static ulong Status(TestTd td) => BinaryPrimitives.ReadUInt64LittleEndian(td.Ram(Buffer + 8, 8));
}
