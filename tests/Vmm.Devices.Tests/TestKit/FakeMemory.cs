using System.Buffers.Binary;
using Vmm.Core.Memory;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>Guest memory from address 0, of which some pages may be private.</summary>
internal sealed class FakeMemory(int size) : IDeviceMemory
{
    private const int PageSize = 4096;

    // Pinned, as guest memory is: devices pass its addresses to the host.
    private readonly byte[] _bytes = GC.AllocateArray<byte>(size, pinned: true);
    private readonly bool[] _private = new bool[size / PageSize];

    public Span<byte> Bytes => _bytes;

    public void SetPrivate(ulong gpa, bool isPrivate = true) => _private[gpa / PageSize] = isPrivate;

    public bool TryGetSpan(ulong gpa, int length, out Span<byte> span)
    {
        span = default;
        if (length < 0 || gpa > (ulong)size || (ulong)length > (ulong)size - gpa)
        {
            return false;
        }

        for (ulong page = gpa / PageSize; length > 0 && page <= (gpa + (ulong)length - 1) / PageSize; page++)
        {
            if (_private[page])
            {
                return false;
            }
        }

        span = _bytes.AsSpan((int)gpa, length);
        return true;
    }

    public ushort Read16(ulong gpa) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan((int)gpa));

    public uint Read32(ulong gpa) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan((int)gpa));

    public void Write16(ulong gpa, int value) => BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan((int)gpa), (ushort)value);

    public void Write32(ulong gpa, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan((int)gpa), value);

    public void Write64(ulong gpa, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan((int)gpa), value);
}
