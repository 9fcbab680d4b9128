namespace Vmm.Tdx.Attestation.Quotes.Qgs;

/// <summary>Kinds of messages: those that quotes need.</summary>
public enum QgsMessageType : uint
{
    /// <summary>GET_QUOTE_REQ.</summary>
    GetQuoteRequest = 0,

    /// <summary>GET_QUOTE_RESP.</summary>
    GetQuoteResponse = 1,
}
