namespace Vmm.Host.Configuration;

/// <summary>Who plays the TDX module.</summary>
public enum BackendKind
{
    /// <summary>The best that this host has.</summary>
    Auto,

    /// <summary>The software TDX module, on any KVM. It gives no confidentiality.</summary>
    Emulated,

    /// <summary>Intel's TDX module, on TDX hardware.</summary>
    Tdx,
}
