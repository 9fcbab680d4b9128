using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Tdx.Firmware.Hobs;

/// <summary>Builds the TD HOB list, by which firmware learns what memory it has and what it is to start.</summary>
internal sealed class HobList
{
    // Each HOB begins on 8 bytes (UEFI PI 1.8, volume 3, 4.5.1).
    private const int Alignment = 8;

    private readonly ArrayBufferWriter<byte> _hobs = new();

    internal HobList() => Append(new HobHandoff { Header = Header<HobHandoff>(HobType.Handoff), Version = HobHandoff.CurrentVersion });

    /// <summary>Adds a run of memory.</summary>
    internal void Add(MemoryRange range, HobResourceType type) => Append(new HobResource
    {
        Header = Header<HobResource>(HobType.ResourceDescriptor),
        Type = type,
        Attributes = HobResource.UsableMemory,
        Start = range.Gpa,
        Length = range.Size,
    });

    /// <summary>Adds data under a name.</summary>
    /// <exception cref="TdvfException">They are longer than a HOB can be.</exception>
    internal void Add(Guid name, ReadOnlySpan<byte> data)
    {
        int padded = (data.Length + Alignment - 1) & ~(Alignment - 1);
        int length = Unsafe.SizeOf<HobHeader>() + Unsafe.SizeOf<Guid>() + padded;
        if (length > ushort.MaxValue)
        {
            throw new TdvfException($"{data.Length} bytes for {name} do not fit into a HOB");
        }

        Append(new HobHeader { Type = HobType.GuidExtension, Length = (ushort)length });
        Append(name);
        _hobs.Write(data);
        _hobs.Write(new byte[padded - data.Length]);
    }

    /// <summary>The list as it lies at an address.</summary>
    internal byte[] ToBytes(ulong address)
    {
        byte[] list = [.. _hobs.WrittenSpan, .. Bytes(Header<HobHeader>(HobType.EndOfHobList))];
        MemoryMarshal.AsRef<HobHandoff>(list.AsSpan()).EndOfHobList = address + (ulong)list.Length;
        return list;
    }

    private static HobHeader Header<T>(HobType type) => new() { Type = type, Length = (ushort)Unsafe.SizeOf<T>() };

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private void Append<T>(T value)
        where T : unmanaged => _hobs.Write(Bytes(value));
}
