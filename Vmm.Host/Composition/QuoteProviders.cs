using Microsoft.Extensions.DependencyInjection;
using Vmm.Host.Configuration;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.Quotes.Development;
using Vmm.Tdx.Attestation.Quotes.Qgs;
using Vmm.Tdx.VmCalls;

namespace Vmm.Host.Composition;

/// <summary>Makes the quote provider that a TD's definition names.</summary>
internal static class QuoteProviders
{
    internal static IQuoteProvider Create(QuoteConfig config, IServiceProvider scope) => config.Provider switch
    {
        QuoteProviderKind.Development => new DevelopmentQuoteProvider(
            scope.GetRequiredService<TdReportBuilder>(), new DevelopmentKeyStore(DevelopmentKeyStore.DefaultFolder), config.Version),
        QuoteProviderKind.Qgs => new QgsQuoteProvider(
            QgsEndpoint.TryParse(config.Endpoint!)!, TimeSpan.FromSeconds(config.TimeoutSeconds), scope.GetRequiredService<TimeProvider>()),
        _ => new NoQuoteProvider(),
    };

    /// <summary>For TDX hardware, whose reports only the quoting enclave of that machine can check: development quotes there are none.</summary>
    internal static IQuoteProvider CreateForHardware(QuoteConfig config, IServiceProvider scope) =>
        config.Provider == QuoteProviderKind.Development ? new NoQuoteProvider() : Create(config, scope);
}
