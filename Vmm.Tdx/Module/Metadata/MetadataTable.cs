using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Metadata;

/// <summary>The metadata fields of a scope, in the order in which guests enumerate them: by class, then by code.</summary>
/// <typeparam name="TContext">What the fields belong to.</typeparam>
public sealed class MetadataTable<TContext>
{
    private readonly MetadataField<TContext>[] _fields;

    /// <summary>Collects the fields.</summary>
    /// <exception cref="ArgumentException">Two fields overlap.</exception>
    public MetadataTable(params IEnumerable<MetadataField<TContext>> fields)
    {
        _fields = [.. fields];
        Array.Sort(_fields, (one, other) => one.Id.Key.CompareTo(other.Id.Key));
        for (int i = 1; i < _fields.Length; i++)
        {
            if (_fields[i].Id.Key < _fields[i - 1].Id.Key + (uint)_fields[i - 1].Elements)
            {
                throw new ArgumentException($"metadata fields {_fields[i - 1].Id} and {_fields[i].Id} overlap", nameof(fields));
            }
        }
    }

    /// <summary>The fields in the order of enumeration.</summary>
    public ReadOnlySpan<MetadataField<TContext>> Fields => _fields;

    /// <summary>The first element that a guest can read, or the null identifier.</summary>
    public MetadataFieldId First => FirstFrom(0);

    /// <summary>Reads one element.</summary>
    /// <param name="context">What the field belongs to.</param>
    /// <param name="id">Identifier as the guest gave it.</param>
    /// <param name="value">The value; 0 when it cannot be read.</param>
    /// <param name="next">Identifier of the next readable element; null when there is none, or the read failed.</param>
    public TdxStatus Read(TContext context, MetadataFieldId id, out ulong value, out MetadataFieldId next)
    {
        value = 0;
        next = MetadataFieldId.Null;
        int index = FindSingle(id, out int element);
        if (index < 0)
        {
            return TdxStatus.MetadataFieldIdIncorrect;
        }

        MetadataField<TContext> field = _fields[index];
        TdxStatus status = field.Read(context, element, out value);
        if (status.IsSuccess)
        {
            next = element + 1 < field.Elements ? field.Id.Element(element + 1) : FirstFrom(index + 1);
        }

        return status;
    }

    /// <summary>Writes one element.</summary>
    /// <param name="context">What the field belongs to.</param>
    /// <param name="id">Identifier as the guest gave it.</param>
    /// <param name="value">What the guest wants there.</param>
    /// <param name="mask">The bits that the guest wants to write.</param>
    /// <param name="old">The value until now; 0 when it could not be written.</param>
    public TdxStatus Write(TContext context, MetadataFieldId id, ulong value, ulong mask, out ulong old)
    {
        old = 0;
        int index = FindSingle(id, out int element);
        return index < 0 ? TdxStatus.MetadataFieldIdIncorrect : _fields[index].Write(context, element, value, mask, out old);
    }

    /// <summary>Finds the field that an identifier is an element of.</summary>
    /// <returns>Its place in <see cref="Fields"/>, or -1.</returns>
    internal int Find(MetadataFieldId id, out int element)
    {
        // A few dozen fields: a scan is as good as any index.
        for (int i = 0; i < _fields.Length; i++)
        {
            uint first = _fields[i].Id.Key;
            if (id.Key >= first && id.Key - first < (uint)_fields[i].Elements)
            {
                element = (int)(id.Key - first);
                return i;
            }
        }

        element = 0;
        return -1;
    }

    private int FindSingle(MetadataFieldId id, out int element)
    {
        int index = Find(id, out element);
        return id.IsSingleElement ? index : -1;
    }

    /// <summary>The first readable field at or behind a place.</summary>
    /// <returns>Its identifier, or the null identifier.</returns>
    private MetadataFieldId FirstFrom(int index)
    {
        while (index < _fields.Length && !_fields[index].IsReadable)
        {
            index++;
        }

        return index < _fields.Length ? _fields[index].Id : MetadataFieldId.Null;
    }
}
