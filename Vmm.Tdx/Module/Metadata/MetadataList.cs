using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Metadata;

/// <summary>Writes fields into a page as a metadata list: a header, then sequences of consecutive fields of the same shape.</summary>
public static class MetadataList
{
    // Bits 46:38 of a sequence's header hold the number of its fields less one.
    private const int LongestSequence = 512;
    private const int HeaderSize = sizeof(ulong);

    /// <summary>Writes all readable fields from one on, as many as fit.</summary>
    /// <param name="table">The fields.</param>
    /// <param name="context">What they belong to.</param>
    /// <param name="start">Identifier of the first element of a field, or null for all.</param>
    /// <param name="page">Where the list goes; bytes behind it stay.</param>
    /// <param name="next">The first field that did not fit; null when all did.</param>
    public static TdxStatus Write<TContext>(MetadataTable<TContext> table, TContext context, MetadataFieldId start, Span<byte> page, out MetadataFieldId next)
    {
        next = MetadataFieldId.Null;
        int element = 0;
        int index = start.IsNull ? 0 : table.Find(start, out element);
        if (index < 0 || element != 0 || (!start.IsNull && start.ElementSize != table.Fields[index].Id.ElementSize))
        {
            return TdxStatus.MetadataFieldIdIncorrect;
        }

        int used = Unsafe.SizeOf<MetadataListHeader>();
        ushort sequences = 0;
        ReadOnlySpan<MetadataField<TContext>> rest = table.Fields[index..];
        while (!rest.IsEmpty)
        {
            if (!rest[0].IsReadable)
            {
                rest = rest[1..];
                continue;
            }

            int written = WriteSequence(rest, context, page[used..], out int size);
            if (written == 0)
            {
                next = rest[0].Id;
                break;
            }

            sequences++;
            used += size;
            rest = rest[written..];
        }

        MemoryMarshal.Write(page, new MetadataListHeader { Size = (ushort)used, Sequences = sequences });
        return next.IsNull ? TdxStatus.Success : TdxStatus.MetadataListOverflow;
    }

    // Returns the number of fields; 0 when there is no room for even one.
    private static int WriteSequence<TContext>(ReadOnlySpan<MetadataField<TContext>> fields, TContext context, Span<byte> room, out int size)
    {
        MetadataField<TContext> first = fields[0];
        int fieldSize = first.Elements * sizeof(ulong);
        size = HeaderSize;
        int count = 0;
        while (count < Math.Min(fields.Length, LongestSequence) && size + fieldSize <= room.Length
            && fields[count].IsReadable && (count == 0 || fields[count - 1].IsContinuedBy(fields[count])))
        {
            WriteElements(fields[count], context, room.Slice(size, fieldSize));
            size += fieldSize;
            count++;
        }

        if (count > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(room, first.Id.Sequence(first.Elements, count).Value);
        }

        return count;
    }

    private static void WriteElements<TContext>(MetadataField<TContext> field, TContext context, Span<byte> room)
    {
        for (int element = 0; element < field.Elements; element++)
        {
            field.Read(context, element, out ulong value);
            BinaryPrimitives.WriteUInt64LittleEndian(room[(element * sizeof(ulong))..], value);
        }
    }
}
