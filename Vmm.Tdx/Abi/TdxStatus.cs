namespace Vmm.Tdx.Abi;

/// <summary>Completion status of a TDCALL, as returned in RAX.</summary>
/// <remarks>
/// Bits 63:32 are the <see cref="Code"/>, bits 31:0 its details: an operand id, a Secure EPT level, or 0.
/// Zero is success; non-zero with bit 63 clear is informational.
/// </remarks>
/// <param name="Value">The 64-bit status.</param>
public readonly record struct TdxStatus(ulong Value)
{
    private const int CodeShift = 32;
    private const ulong ErrorBit = 1UL << 63;

    private TdxStatus(TdxStatusCode code, uint details = 0)
        : this(((ulong)code << CodeShift) | details)
    {
    }

    /// <summary>The leaf did what it was asked to.</summary>
    public static TdxStatus Success => default;

    /// <summary>An operand is illegal; <see cref="With(OperandId)"/> says which.</summary>
    public static TdxStatus OperandInvalid => new(TdxStatusCode.OPERAND_INVALID);

    /// <summary>An operand is in use by somebody else; the guest tries again.</summary>
    public static TdxStatus OperandBusy => new(TdxStatusCode.OPERAND_BUSY);

    /// <summary>TDG.VP.VEINFO.GET without a pending #VE.</summary>
    public static TdxStatus NoValidVeInfo => new(TdxStatusCode.NO_VALID_VE_INFO);

    /// <summary>TDG.MEM.PAGE.ACCEPT of a page that is accepted; details: the level found. No error bit.</summary>
    public static TdxStatus PageAlreadyAccepted => new(TdxStatusCode.PAGE_ALREADY_ACCEPTED);

    /// <summary>TDG.MEM.PAGE.ACCEPT at a level larger than the mapping; details: the level found.</summary>
    public static TdxStatus PageSizeMismatch => new(TdxStatusCode.PAGE_SIZE_MISMATCH);

    /// <summary>No such metadata field, or reserved bits in its identifier.</summary>
    public static TdxStatus MetadataFieldIdIncorrect => new(TdxStatusCode.METADATA_FIELD_ID_INCORRECT);

    /// <summary>None of the bits the guest wants to write is writable.</summary>
    public static TdxStatus MetadataFieldNotWritable => new(TdxStatusCode.METADATA_FIELD_NOT_WRITABLE);

    /// <summary>The field exists but a guest may not read it.</summary>
    public static TdxStatus MetadataFieldNotReadable => new(TdxStatusCode.METADATA_FIELD_NOT_READABLE);

    /// <summary>The value is illegal for the field, or changes bits that are not writable.</summary>
    public static TdxStatus MetadataFieldValueNotValid => new(TdxStatusCode.METADATA_FIELD_VALUE_NOT_VALID);

    /// <summary>The null identifier was read: the answer is the first field of the context. No error bit.</summary>
    public static TdxStatus MetadataFirstFieldIdInContext => new(TdxStatusCode.METADATA_FIRST_FIELD_ID_IN_CONTEXT);

    /// <summary>The list does not fit in its page: the answer says where it goes on.</summary>
    public static TdxStatus MetadataListOverflow => new(TdxStatusCode.METADATA_LIST_OVERFLOW);

    /// <summary>TDG.SERVTD.* without a binding.</summary>
    public static TdxStatus ServiceTdNotBound => new(TdxStatusCode.SERVTD_NOT_BOUND);

    /// <summary>TDG.SERVTD.*: the target TD has another UUID by now, which is returned.</summary>
    public static TdxStatus TargetUuidUpdated => new(TdxStatusCode.TARGET_UUID_UPDATED);

    /// <summary>TDG.MR.VERIFYREPORT: the report is of another TCB.</summary>
    public static TdxStatus InvalidCpuSvn => new(TdxStatusCode.INVALID_CPUSVN);

    /// <summary>TDG.MR.VERIFYREPORT: the MAC is wrong.</summary>
    public static TdxStatus InvalidReportMacStruct => new(TdxStatusCode.INVALID_REPORTMACSTRUCT);

    /// <summary>Class and code with the severity bits.</summary>
    public TdxStatusCode Code => (TdxStatusCode)(uint)(Value >> CodeShift);

    /// <summary>Operand id, level, or 0.</summary>
    public uint Details => (uint)Value;

    /// <summary>Whether the leaf did everything it was asked to.</summary>
    public bool IsSuccess => Value == 0;

    /// <summary>Bit 63: the leaf did nothing.</summary>
    public bool IsError => (Value & ErrorBit) != 0;

    /// <summary>The same status about an operand.</summary>
    public TdxStatus With(OperandId operand) => new(Code, (uint)operand);

    /// <summary>The same status with other details.</summary>
    public TdxStatus WithDetails(uint details) => new(Code, details);

    /// <summary>The specification's name, e.g. <c>OPERAND_INVALID+RCX</c> or <c>PAGE_ALREADY_ACCEPTED+1</c>.</summary>
    public override string ToString()
    {
        string name = Enum.GetName(Code) ?? $"0x{(uint)Code:X8}";
        if (HasOperand && Enum.GetName((OperandId)Details) is { } operand)
        {
            return $"{name}+{operand}";
        }

        return Details == 0 ? name : $"{name}+{Details}";
    }

    private bool HasOperand => Code is TdxStatusCode.OPERAND_INVALID or TdxStatusCode.OPERAND_ADDR_RANGE_ERROR
        or TdxStatusCode.OPERAND_BUSY or TdxStatusCode.OPERAND_BUSY_HOST_PRIORITY;
}
