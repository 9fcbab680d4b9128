using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Vmm.TdxModel.Uapi;

/// <summary>
/// copy_from_user and copy_to_user: the caller's memory, by its raw addresses, where a bad address is an answer and not a crash
/// (process_vm_readv(2) on the own process).
/// </summary>
internal static unsafe partial class UserMemory
{
    /// <returns>False for EFAULT.</returns>
    internal static bool TryRead(ulong address, Span<byte> to)
    {
        fixed (byte* pointer = to)
        {
            return Move(address, pointer, to.Length, write: false);
        }
    }

    /// <returns>False for EFAULT.</returns>
    internal static bool TryWrite(ulong address, ReadOnlySpan<byte> from)
    {
        fixed (byte* pointer = from)
        {
            return Move(address, pointer, from.Length, write: true);
        }
    }

    /// <returns>Null for EFAULT.</returns>
    internal static byte[]? Read(ulong address, int size)
    {
        byte[] bytes = new byte[size];
        return TryRead(address, bytes) ? bytes : null;
    }

    internal static uint U32(this ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    internal static ulong U64(this ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    internal static uint U32(this byte[] bytes, int offset) => U32(bytes.AsSpan(), offset);

    internal static ulong U64(this byte[] bytes, int offset) => U64(bytes.AsSpan(), offset);

    internal static uint U32(this Span<byte> bytes, int offset) => U32((ReadOnlySpan<byte>)bytes, offset);

    internal static ulong U64(this Span<byte> bytes, int offset) => U64((ReadOnlySpan<byte>)bytes, offset);

    internal static void Put32(this Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);

    internal static void Put64(this Span<byte> bytes, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);

    private static bool Move(ulong address, byte* mine, int size, bool write)
    {
        if (size == 0)
        {
            return true;
        }

        IoVector local = new() { Base = (nint)mine, Length = (nuint)size };
        IoVector remote = new() { Base = (nint)address, Length = (nuint)size };
        nint moved = write
            ? process_vm_writev(Environment.ProcessId, &local, 1, &remote, 1, 0)
            : process_vm_readv(Environment.ProcessId, &local, 1, &remote, 1, 0);
        return moved == size;
    }

    [LibraryImport("libc")]
    private static partial nint process_vm_readv(int process, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc")]
    private static partial nint process_vm_writev(int process, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public nint Base;
        public nuint Length;
    }
}
