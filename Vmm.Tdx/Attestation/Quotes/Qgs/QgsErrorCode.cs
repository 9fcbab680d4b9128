namespace Vmm.Tdx.Attestation.Quotes.Qgs;

/// <summary>What a quote generation service says is wrong.</summary>
public enum QgsErrorCode : uint
{
    /// <summary>Nothing.</summary>
    Success = 0,

    /// <summary>An unexpected error.</summary>
    Unexpected = 0x12001,

    /// <summary>It is out of memory.</summary>
    OutOfMemory = 0x12002,

    /// <summary>A parameter is invalid.</summary>
    InvalidParameter = 0x12003,

    /// <summary>The version is unknown to it.</summary>
    InvalidVersion = 0x12004,

    /// <summary>The type is unknown to it.</summary>
    InvalidType = 0x12005,

    /// <summary>A size is wrong.</summary>
    InvalidSize = 0x12006,

    /// <summary>An error code is wrong.</summary>
    InvalidCode = 0x12007,
}
