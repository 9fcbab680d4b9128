namespace Vmm.Tdx.Module.Metadata;

/// <summary>Reads an element of a metadata field.</summary>
/// <param name="context">What the field belongs to: a TD, a vCPU, or the module.</param>
/// <param name="element">Index of the element.</param>
public delegate ulong MetadataGetter<in TContext>(TContext context, int element);
