namespace Vmm.Tdx.Abi;

/// <summary>Status in the shared buffer of GetQuote.</summary>
public enum QuoteStatus : ulong
{
    /// <summary>The quote is in the buffer; also the guest's initial value.</summary>
    Success = 0,

    /// <summary>The buffer belongs to the VMM.</summary>
    InFlight = 0xFFFF_FFFF_FFFF_FFFF,

    /// <summary>No quote could be made of the input.</summary>
    Error = 0x8000_0000_0000_0000,

    /// <summary>There is no quoting service.</summary>
    ServiceUnavailable = 0x8000_0000_0000_0001,
}
