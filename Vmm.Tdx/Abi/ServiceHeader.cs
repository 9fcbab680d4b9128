using System.Runtime.InteropServices;

namespace Vmm.Tdx.Abi;

/// <summary>Start of the command and of the response buffer of TDVMCALL Service.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct ServiceHeader
{
    /// <summary>Which service.</summary>
    public Guid Service;

    /// <summary>Bytes including this header; in a response buffer the guest first writes its capacity there.</summary>
    public uint Length;

    /// <summary>Zero in a command; in a response how it went.</summary>
    public ServiceStatus Status;
}
