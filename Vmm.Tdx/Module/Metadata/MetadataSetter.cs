namespace Vmm.Tdx.Module.Metadata;

/// <summary>Writes an element of a metadata field.</summary>
/// <param name="context">What the field belongs to: a TD or a vCPU.</param>
/// <param name="element">Index of the element.</param>
/// <param name="value">The new value: bits that the guest does not write have their old values.</param>
/// <returns>Whether the value is one that the field may have; if not, nothing has changed.</returns>
public delegate bool MetadataSetter<in TContext>(TContext context, int element, ulong value);
