namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>ATTRIBUTES.FLAGS of an SGX enclave.</summary>
[Flags]
public enum SgxAttributes : ulong
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>INIT: the enclave is initialised.</summary>
    Init = 1 << 0,

    /// <summary>DEBUG: the enclave is not to be trusted.</summary>
    Debug = 1 << 1,

    /// <summary>MODE64BIT.</summary>
    Mode64Bit = 1 << 2,

    /// <summary>PROVISIONKEY: it may use the platform's provisioning key.</summary>
    ProvisionKey = 1 << 4,
}
