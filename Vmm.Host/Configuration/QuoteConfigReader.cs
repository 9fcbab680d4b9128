using Vmm.Tdx.Attestation.Quotes.Qgs;

namespace Vmm.Host.Configuration;

/// <summary>Reads <c>td.quote</c>.</summary>
internal static class QuoteConfigReader
{
    private const int Version4 = 4;
    private const int Version5 = 5;

    // Guests give up after 30 seconds, and so does whoever waits for the provider.
    private const int LongestTimeout = 29;

    internal static QuoteConfig Read(ConfigObject quote)
    {
        QuoteConfig defaults = new();
        QuoteConfig config = new()
        {
            Provider = quote.Name<QuoteProviderKind>("provider") ?? defaults.Provider,
            Version = (int?)quote.Number("version", Version4, Version5) ?? defaults.Version,
            Endpoint = quote.String("endpoint"),
            TimeoutSeconds = (int?)quote.Number("timeoutSeconds", 1, LongestTimeout) ?? defaults.TimeoutSeconds,
        };
        quote.Done();
        CheckTogether(quote, config);
        return config;
    }

    private static void CheckTogether(ConfigObject quote, QuoteConfig config)
    {
        ConfigNode? Given(string key) => quote.Node.Members.FirstOrDefault(member => member.Name == key)?.Value;
        bool isQgs = config.Provider == QuoteProviderKind.Qgs;
        if (Given("endpoint") is { } endpoint)
        {
            if (!isQgs)
            {
                quote.Report(endpoint, "an endpoint is for the provider \"qgs\"; set that, or remove this");
            }
            else if (config.Endpoint is { } text && QgsEndpoint.TryParse(text) is null)
            {
                quote.Wrong(endpoint, QgsEndpoint.Forms);
            }
        }
        else if (isQgs)
        {
            quote.Report(quote.Node, $"the provider \"qgs\" needs an \"endpoint\": {QgsEndpoint.Forms}");
        }

        if (Given("timeoutSeconds") is { } timeout && !isQgs)
        {
            quote.Report(timeout, "a time-out is for the provider \"qgs\"; set that, or remove this");
        }

        if (Given("version") is { } version && config.Provider != QuoteProviderKind.Development)
        {
            quote.Report(version, "a version is for the provider \"development\"; a quote generation service chooses its own");
        }
    }
}
