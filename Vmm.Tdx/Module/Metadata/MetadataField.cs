using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Metadata;

/// <summary>A metadata field as a guest sees it.</summary>
/// <typeparam name="TContext">What the field belongs to.</typeparam>
/// <param name="id">Identifier of the first element.</param>
/// <param name="elements">Number of elements; their codes follow each other.</param>
/// <param name="get">Reads an element; null for fields that exist but are not the guest's to read.</param>
/// <param name="writable">The bits that the guest may write.</param>
/// <param name="set">Writes an element; needed where anything is writable.</param>
public sealed class MetadataField<TContext>(
    MetadataFieldId id, int elements, MetadataGetter<TContext>? get, ulong writable = 0, MetadataSetter<TContext>? set = null)
{
    /// <summary>A field of one element.</summary>
    public MetadataField(MetadataFieldId id, MetadataGetter<TContext>? get, ulong writable = 0, MetadataSetter<TContext>? set = null)
        : this(id, 1, get, writable, set)
    {
    }

    /// <summary>Identifier of the first element.</summary>
    public MetadataFieldId Id => id;

    /// <summary>Number of elements.</summary>
    public int Elements => elements;

    /// <summary>Whether a guest may read the field.</summary>
    public bool IsReadable => get is not null;

    /// <summary>Reads an element.</summary>
    public TdxStatus Read(TContext context, int element, out ulong value)
    {
        value = get?.Invoke(context, element) ?? 0;
        return IsReadable ? TdxStatus.Success : TdxStatus.MetadataFieldNotReadable;
    }

    /// <summary>Writes an element.</summary>
    /// <param name="context">What the field belongs to.</param>
    /// <param name="element">Index of the element.</param>
    /// <param name="value">What the guest wants there.</param>
    /// <param name="mask">The bits that the guest wants to write.</param>
    /// <param name="old">The value until now.</param>
    public TdxStatus Write(TContext context, int element, ulong value, ulong mask, out ulong old)
    {
        old = 0;
        ulong effective = mask & writable;
        if (effective == 0 || set is null)
        {
            return TdxStatus.MetadataFieldNotWritable;
        }

        ulong current = get?.Invoke(context, element) ?? 0;
        if (((current ^ value) & mask & ~writable) != 0 || !set(context, element, (current & ~effective) | (value & effective)))
        {
            return TdxStatus.MetadataFieldValueNotValid;
        }

        old = current;
        return TdxStatus.Success;
    }

    /// <summary>Whether another field may continue a sequence that this one is part of.</summary>
    internal bool IsContinuedBy(MetadataField<TContext> next) =>
        id.Element(elements).IsSameFieldAs(next.Id) && next.Elements == elements && next.Id.ElementSize == id.ElementSize;
}
