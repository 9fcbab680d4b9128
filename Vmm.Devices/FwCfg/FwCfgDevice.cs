using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Buses;
using Vmm.Core.Memory;

namespace Vmm.Devices.FwCfg;

/// <summary>
/// fw_cfg (docs/specs/fw_cfg.rst of QEMU), by which firmware asks for ACPI tables, the memory map, and a kernel to boot: a selector and a data port,
/// and requests in guest memory. All items are read-only. A TD's requests work in shared memory only, as all of a device's.
/// </summary>
public sealed class FwCfgDevice : Device, IPortDevice
{
    private const ushort SelectorPort = 0x510;
    private const ushort DmaPort = 0x514;
    private const int DataOffset = 1;
    private const int SelectorPorts = 0;
    private const int SelectorShift = 16;

    // A request copies at most this much at once; firmware asks in pieces of its own. Larger ones fail.
    private const uint LongestCopy = 64 << 20;

    private static readonly ulong DmaSignature = BinaryPrimitives.ReadUInt64BigEndian("QEMU CFG"u8);

    private readonly IReadOnlyDictionary<ushort, ReadOnlyMemory<byte>> _items;
    private readonly IDeviceMemory _memory;
    private ushort _selector;
    private uint _offset;
    private uint _dmaHigh;

    /// <summary>Makes the device.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="items">What it holds.</param>
    /// <param name="memory">Where requests are.</param>
    public FwCfgDevice(string name, FwCfgItems items, IDeviceMemory memory)
        : base(name)
    {
        _items = items.ToTable();
        _memory = memory;
    }

    /// <inheritdoc/>
    public IReadOnlyList<PortRange> Ports { get; } = [new(SelectorPort, 2, "fw_cfg selector and data"), new(DmaPort, sizeof(ulong), "fw_cfg DMA address")];

    private ReadOnlySpan<byte> Rest
    {
        get
        {
            ReadOnlySpan<byte> item = _items.TryGetValue(_selector, out ReadOnlyMemory<byte> found) ? found.Span : default;
            return item[(int)Math.Min(_offset, (uint)item.Length)..];
        }
    }

    /// <inheritdoc/>
    public override void Reset() => (_selector, _offset, _dmaHigh) = (0, 0, 0);

    /// <inheritdoc/>
    public void ReadPort(int range, int offset, Span<byte> data)
    {
        if (range == SelectorPorts)
        {
            // The data register is a byte wide; the selector reads as nothing.
            if (offset == DataOffset)
            {
                Copy(data[..1]);
            }

            return;
        }

        Span<byte> signature = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(signature, DmaSignature);
        signature.Slice(offset, Math.Min(data.Length, sizeof(ulong) - offset)).CopyTo(data);
    }

    /// <inheritdoc/>
    public void WritePort(int range, int offset, ReadOnlySpan<byte> data)
    {
        if (range == SelectorPorts)
        {
            if (offset == 0 && data.Length == sizeof(ushort))
            {
                Select(BinaryPrimitives.ReadUInt16LittleEndian(data));
            }
        }
        else if (data.Length == sizeof(uint))
        {
            uint half = BinaryPrimitives.ReadUInt32BigEndian(data);
            if (offset == 0)
            {
                _dmaHigh = half;
            }
            else if (offset == sizeof(uint))
            {
                Serve(((ulong)_dmaHigh << 32) | half);
                _dmaHigh = 0;
            }
        }
    }

    private void Select(ushort selector) => (_selector, _offset) = (selector, 0);

    // What is beyond the end of an item reads as zeros.
    private void Copy(Span<byte> data)
    {
        ReadOnlySpan<byte> rest = Rest;
        int count = Math.Min(rest.Length, data.Length);
        rest[..count].CopyTo(data);
        data[count..].Clear();
        Pass((uint)data.Length);
    }

    private void Pass(uint count) => _offset = (uint)Math.Min((ulong)_offset + count, uint.MaxValue);

    private void Serve(ulong address)
    {
        if (!_memory.TryGetSpan(address, Unsafe.SizeOf<Request>(), out Span<byte> span))
        {
            return; // there is no place to say so
        }

        Request request = MemoryMarshal.Read<Request>(span);
        var control = (FwCfgControl)BinaryPrimitives.ReverseEndianness(request.Control);
        if (control.HasFlag(FwCfgControl.Select))
        {
            Select((ushort)((uint)control >> SelectorShift));
        }

        bool ok = Serve(control, BinaryPrimitives.ReverseEndianness(request.Length), BinaryPrimitives.ReverseEndianness(request.Address));
        BinaryPrimitives.WriteUInt32BigEndian(span, (uint)(ok ? FwCfgControl.None : FwCfgControl.Error));
    }

    private bool Serve(FwCfgControl control, uint length, ulong address)
    {
        if (control.HasFlag(FwCfgControl.Read))
        {
            if (length > LongestCopy || !_memory.TryGetSpan(address, (int)length, out Span<byte> target))
            {
                return false;
            }

            Copy(target);
            return true;
        }

        if (control.HasFlag(FwCfgControl.Write))
        {
            return false;
        }

        Pass(control.HasFlag(FwCfgControl.Skip) ? length : 0);
        return true;
    }

    /// <summary>FWCfgDmaAccess; all big-endian.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Request
    {
        public uint Control;
        public uint Length;
        public ulong Address;
    }
}
