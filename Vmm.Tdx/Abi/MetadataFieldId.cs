namespace Vmm.Tdx.Abi;

/// <summary>Identifier of a metadata field, as TDG.VM.RD and its siblings take it.</summary>
/// <remarks>
/// Lookup is by class and code only (<see cref="Key"/>): guests pass identifiers whose size, context and NON_ARCH bits differ from the
/// module's own table.
/// </remarks>
/// <param name="Value">The 64-bit identifier.</param>
public readonly record struct MetadataFieldId(ulong Value)
{
    private const uint CodeMask = 0xFF_FFFF;
    private const ulong ContextBits = 7UL << ContextShift;
    private const int ElementSizeShift = 32;
    private const int LastElementShift = 34;
    private const int LastFieldShift = 38;
    private const int ContextShift = 52;
    private const int ClassShift = 56;
    private const int KeyClassShift = 24;
    private const ulong ReservedBits = (0xFFUL << 24) | (7UL << 47) | (1UL << 55) | (1UL << 62);

    /// <summary>All ones: on input "the first field", on output "no more fields".</summary>
    public static MetadataFieldId Null => new(ulong.MaxValue);

    /// <summary>Whether this is <see cref="Null"/>; the context does not count.</summary>
    public bool IsNull => (Value | ContextBits) == ulong.MaxValue;

    /// <summary>Bits 23:0; consecutive elements of a field have consecutive codes.</summary>
    public uint Code => (uint)Value & CodeMask;

    /// <summary>Bits 33:32 decoded: bytes in an element, 1, 2, 4 or 8.</summary>
    public int ElementSize => 1 << (int)((Value >> ElementSizeShift) & 3);

    /// <summary>Bits 37:34: index of the last element of the field, when a list names more than one.</summary>
    public int LastElement => (int)((Value >> LastElementShift) & 0xF);

    /// <summary>Bits 46:38: index of the last field of the sequence, when a list names more than one.</summary>
    public int LastField => (int)((Value >> LastFieldShift) & 0x1FF);

    /// <summary>Bit 50.</summary>
    public bool IncSize => (Value & (1UL << 50)) != 0;

    /// <summary>Bit 51.</summary>
    public bool WriteMaskValid => (Value & (1UL << 51)) != 0;

    /// <summary>Bits 54:52: 0 global, 1 TD, 2 vCPU.</summary>
    public int Context => (int)((Value >> ContextShift) & 7);

    /// <summary>Bits 61:56.</summary>
    public int Class => (int)((Value >> ClassShift) & 0x3F);

    /// <summary>Bit 63: not architectural, may change between module versions. Ignored on lookup.</summary>
    public bool IsNonArchitectural => Value >> 63 != 0;

    /// <summary>Class and code: what decides which field is meant.</summary>
    public uint Key => ((uint)Class << KeyClassShift) | Code;

    /// <summary>Whether an access to a single element may use this identifier; if not it is METADATA_FIELD_ID_INCORRECT.</summary>
    public bool IsSingleElement => (Value & ReservedBits) == 0 && LastElement == 0 && LastField == 0;

    /// <summary>The identifier of another element of the same field.</summary>
    public MetadataFieldId Element(int index) => new(Value + (uint)index);

    /// <summary>The identifier as header of a sequence in a metadata list.</summary>
    /// <param name="elements">Elements of each field.</param>
    /// <param name="fields">Fields in the sequence.</param>
    public MetadataFieldId Sequence(int elements, int fields) =>
        new(Value | ((ulong)(elements - 1) << LastElementShift) | ((ulong)(fields - 1) << LastFieldShift));

    /// <summary>Whether both mean the same field and element.</summary>
    public bool IsSameFieldAs(MetadataFieldId other) => Key == other.Key;

    /// <inheritdoc/>
    public override string ToString() => $"0x{Value:X16}";
}
