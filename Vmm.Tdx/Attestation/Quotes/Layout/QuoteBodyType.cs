namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>What a quote of version 5 holds.</summary>
public enum QuoteBodyType : ushort
{
    /// <summary>The report of an SGX enclave.</summary>
    Sgx = 1,

    /// <summary><see cref="TdQuoteBody"/>.</summary>
    Td10 = 2,

    /// <summary><see cref="TdQuoteBody15"/>.</summary>
    Td15 = 3,
}
