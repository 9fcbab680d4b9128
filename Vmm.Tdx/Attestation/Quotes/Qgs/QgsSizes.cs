using System.Runtime.InteropServices;

namespace Vmm.Tdx.Attestation.Quotes.Qgs;

/// <summary>The two sizes behind the header of GET_QUOTE messages; in a response the id comes first. 8 bytes.</summary>
/// <param name="First">Request: size of the report. Response: size of the selected id.</param>
/// <param name="Second">Request: size of the list of ids. Response: size of the quote.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct QgsSizes(uint First, uint Second);
