using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>A <c>kvm_cpuid2</c> with its entries behind it, as the ioctls want it.</summary>
internal sealed class CpuidTable
{
    private readonly byte[] _bytes;

    internal CpuidTable(int capacity)
    {
        _bytes = new byte[Unsafe.SizeOf<KvmCpuid2>() + (capacity * Unsafe.SizeOf<KvmCpuidEntry2>())];
        Head.Count = (uint)capacity;
    }

    internal CpuidTable(ReadOnlySpan<KvmCpuidEntry2> entries)
        : this(entries.Length) => entries.CopyTo(Entries);

    internal Span<KvmCpuidEntry2> Entries =>
        MemoryMarshal.Cast<byte, KvmCpuidEntry2>(_bytes.AsSpan(Unsafe.SizeOf<KvmCpuid2>()))[..(int)Head.Count];

    private ref KvmCpuid2 Head => ref MemoryMarshal.AsRef<KvmCpuid2>(_bytes.AsSpan());

    internal unsafe int Pass(KvmHandle handle, uint request)
    {
        fixed (byte* pointer = _bytes)
        {
            return handle.TryIoctl(request, (nint)pointer);
        }
    }
}
