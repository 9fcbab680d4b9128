using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Guests;

/// <summary>An assembler for small 64-bit guests that speak TDCALL. Entered as a Linux kernel is: identity map, interrupts off, no IDT.</summary>
public class GuestCode : Assembler
{
    /// <summary>Where the program is loaded and entered.</summary>
    public const ulong LoadAddress = 0x20_0000;

    /// <summary>The registers that <see cref="VmCall"/> passes: RDX, RBX, RSI, RDI, R8 to R15, as Linux does.</summary>
    public const uint AllRegisters = 0xFFCC;

    private const int DefaultCodeSpace = 0x4000;

    private readonly List<byte> _data = [];
    private readonly List<(Label Label, int Offset)> _addresses = [];

    // Code comes first, data behind it at addresses that are known while the code is being written.
    private readonly int _codeSpace;

    /// <summary>Begins an empty program.</summary>
    /// <param name="codeSpace">Room for code; a multiple of every alignment that data will ask for.</param>
    public GuestCode(int codeSpace = DefaultCodeSpace)
        : base(64)
    {
        _codeSpace = codeSpace;
    }

    /// <summary>TDCALL with the leaf in RAX and operands in place.</summary>
    public void TdCall(uint leaf)
    {
        mov(eax, leaf);
        TdCall();
    }

    /// <summary>The TDCALL instruction.</summary>
    public void TdCall() => db(0x66, 0x0F, 0x01, 0xCC);

    /// <summary>TDG.VP.VMCALL of a standard sub-function: R12 to R15 in place.</summary>
    public void VmCall(uint subFunction)
    {
        mov(r11d, subFunction);
        xor(r10d, r10d);
        mov(ecx, AllRegisters);
        TdCall(leaf: 0);
    }

    /// <summary>TDVMCALL for port output of a register or constant already in R15.</summary>
    public void PortOut(ushort port, uint size)
    {
        mov(r12d, size);
        mov(r13d, 1);
        mov(r14d, port);
        VmCall(30);
    }

    /// <summary>TDVMCALL for port input; the value is in R11.</summary>
    public void PortIn(ushort port, uint size)
    {
        mov(r12d, size);
        xor(r13d, r13d);
        mov(r14d, port);
        VmCall(30);
    }

    /// <summary>TDVMCALL for output of R15 to the port in RBX.</summary>
    public void PortOut(uint size)
    {
        mov(r12d, size);
        mov(r13d, 1);
        mov(r14, rbx);
        VmCall(30);
    }

    /// <summary>TDVMCALL for input from the port in RBX; the value is in R11.</summary>
    public void PortIn(uint size)
    {
        mov(r12d, size);
        xor(r13d, r13d);
        mov(r14, rbx);
        VmCall(30);
    }

    /// <summary>Places bytes behind the code.</summary>
    /// <returns>Their address.</returns>
    public ulong Data(ReadOnlySpan<byte> bytes, int alignment = 1)
    {
        while (_data.Count % alignment != 0)
        {
            _data.Add(0);
        }

        ulong address = LoadAddress + (ulong)(_codeSpace + _data.Count);
        _data.AddRange(bytes);
        return address;
    }

    /// <summary>Places zeros behind the code.</summary>
    /// <returns>Their address.</returns>
    public ulong Zeros(int size, int alignment) => Data(new byte[size], alignment);

    /// <summary>Places the address of a label, which need not be set yet, behind the code.</summary>
    /// <returns>Where it is.</returns>
    public ulong AddressOf(Label label)
    {
        ulong address = Zeros(sizeof(ulong), sizeof(ulong));
        PlaceAddress(address, label);
        return address;
    }

    /// <summary>Places the address of a label in data that is there already.</summary>
    public void PlaceAddress(ulong address, Label label) => _addresses.Add((label, (int)(address - LoadAddress) - _codeSpace));

    /// <summary>Assembles code and data, to lie at <see cref="LoadAddress"/>.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        AssemblerResult result = Assemble(new StreamCodeWriter(stream), LoadAddress, BlockEncoderOptions.ReturnNewInstructionOffsets);
        if (stream.Length > _codeSpace)
        {
            throw new InvalidOperationException($"the program has {stream.Length} bytes of code, there is room for {_codeSpace}");
        }

        Span<byte> data = CollectionsMarshal.AsSpan(_data);
        foreach ((Label label, int offset) in _addresses)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data[offset..], result.GetLabelRIP(label));
        }

        stream.SetLength(_codeSpace);
        stream.Position = _codeSpace;
        stream.Write(data);
        return stream.ToArray();
    }
}
