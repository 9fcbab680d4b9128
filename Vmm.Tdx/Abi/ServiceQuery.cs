using System.Runtime.InteropServices;

namespace Vmm.Tdx.Abi;

/// <summary>Command and response of the query service: is there a service of this GUID?</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct ServiceQuery
{
    /// <summary>0.</summary>
    public byte Version;

    /// <summary>0: query.</summary>
    public byte Command;

    /// <summary>In the response: 0 if there is such a service, 1 if not. Zero in the command.</summary>
    public byte Status;

    /// <summary>Zero.</summary>
    public byte Reserved;

    /// <summary>The service asked for.</summary>
    public Guid Service;
}
