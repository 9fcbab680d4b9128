using System.Runtime.CompilerServices;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>Zeros that fill <see cref="ExtensionBuffer"/> up to its 128 bytes.</summary>
[InlineArray(104)]
public struct ExtensionBufferPadding
{
    private byte _first;
}
