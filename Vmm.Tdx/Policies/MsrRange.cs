namespace Vmm.Tdx.Policies;

/// <summary>A run of model-specific registers.</summary>
/// <param name="First">First register.</param>
/// <param name="Last">Last register.</param>
public readonly record struct MsrRange(uint First, uint Last)
{
    /// <summary>A single register.</summary>
    public static implicit operator MsrRange(uint index) => new(index, index);

    /// <summary>Whether the run holds a register.</summary>
    public bool Contains(uint index) => index >= First && index <= Last;
}
