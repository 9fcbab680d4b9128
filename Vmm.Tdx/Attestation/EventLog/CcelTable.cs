using System.Runtime.InteropServices;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Memory;

namespace Vmm.Tdx.Attestation.EventLog;

/// <summary>The ACPI table that tells a guest where its event log lies (ACPI 6.5, 5.2.34), behind the header.</summary>
/// <remarks>It says nothing of what is in the log, so it is measured with the other tables, before the log is written.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct CcelTable
{
    private const string Signature = "CCEL";
    private const byte Revision = 1;
    private const byte TypeTdx = 2;

    /// <summary>Kind of confidential computing: 2 is TDX.</summary>
    public byte CcType;

    /// <summary>Zero.</summary>
    public byte CcSubtype;

    /// <summary>Zero.</summary>
    public ushort Reserved;

    /// <summary>LAML: size of the area.</summary>
    public ulong MinimumLength;

    /// <summary>LASA: where it is.</summary>
    public ulong StartAddress;

    /// <summary>Builds the table.</summary>
    /// <param name="area">Where the log is.</param>
    public static AcpiTable Create(MemoryRange area)
    {
        CcelTable table = new() { CcType = TypeTdx, MinimumLength = area.Size, StartAddress = area.Gpa };
        return new AcpiTable(Signature, Revision, MemoryMarshal.AsBytes(new ReadOnlySpan<CcelTable>(in table)));
    }
}
