namespace Vmm.Tdx.Abi;

/// <summary>Status in the response buffer of TDVMCALL Service.</summary>
public enum ServiceStatus : uint
{
    /// <summary>The response is in the buffer.</summary>
    Success = 0,

    /// <summary>There is no such service, or no such command.</summary>
    Unsupported = 0xFFFF_FFFE,
}
