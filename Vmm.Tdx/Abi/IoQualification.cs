namespace Vmm.Tdx.Abi;

/// <summary>Exit qualification of <see cref="VmxExitReason.IoInstruction"/>.</summary>
/// <param name="Value">The 64-bit qualification.</param>
public readonly record struct IoQualification(ulong Value)
{
    private const ulong SizeMask = 7;
    private const ulong InputBit = 1 << 3;
    private const ulong StringBit = 1 << 4;
    private const ulong RepeatBit = 1 << 5;
    private const ulong ImmediateBit = 1 << 6;
    private const int PortShift = 16;

    /// <summary>Builds a qualification.</summary>
    /// <param name="port">The port.</param>
    /// <param name="size">Bytes: 1, 2 or 4.</param>
    /// <param name="isInput">IN rather than OUT.</param>
    /// <param name="isString">INS or OUTS.</param>
    /// <param name="isRepeated">With a REP prefix.</param>
    /// <param name="isImmediate">The port is in the instruction rather than in DX.</param>
    public static IoQualification Create(ushort port, int size, bool isInput, bool isString = false, bool isRepeated = false, bool isImmediate = false) =>
        new(((ulong)(size - 1) & SizeMask)
            | (isInput ? InputBit : 0)
            | (isString ? StringBit : 0)
            | (isRepeated ? RepeatBit : 0)
            | (isImmediate ? ImmediateBit : 0)
            | ((ulong)port << PortShift));

    /// <summary>Bytes: 1, 2 or 4.</summary>
    public int Size => (int)(Value & SizeMask) + 1;

    /// <summary>IN rather than OUT.</summary>
    public bool IsInput => (Value & InputBit) != 0;

    /// <summary>INS or OUTS.</summary>
    public bool IsString => (Value & StringBit) != 0;

    /// <summary>With a REP prefix.</summary>
    public bool IsRepeated => (Value & RepeatBit) != 0;

    /// <summary>The port is in the instruction rather than in DX.</summary>
    public bool IsImmediate => (Value & ImmediateBit) != 0;

    /// <summary>The port.</summary>
    public ushort Port => (ushort)(Value >> PortShift);
}
