using System.Buffers.Binary;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>Little-endian values in guest memory.</summary>
internal static class FakeMemoryExtensions
{
    public static void SetPrivate(this FakeMemory memory, ulong gpa) => memory.Convert(gpa, shared: false);

    public static ushort Read16(this FakeMemory memory, ulong gpa) => BinaryPrimitives.ReadUInt16LittleEndian(memory.Bytes[(int)gpa..]);

    public static uint Read32(this FakeMemory memory, ulong gpa) => BinaryPrimitives.ReadUInt32LittleEndian(memory.Bytes[(int)gpa..]);

    public static void Write16(this FakeMemory memory, ulong gpa, int value) => BinaryPrimitives.WriteUInt16LittleEndian(memory.Bytes[(int)gpa..], (ushort)value);

    public static void Write32(this FakeMemory memory, ulong gpa, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(memory.Bytes[(int)gpa..], value);

    public static void Write64(this FakeMemory memory, ulong gpa, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(memory.Bytes[(int)gpa..], value);
}
