using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>A structure that ends with a <c>kvm_cpuid2</c>, and the entries behind it, as the ioctls want it.</summary>
/// <typeparam name="T">The structure: <see cref="KvmCpuid2"/> itself, or one with more before it.</typeparam>
internal sealed class CpuidTable<T>
    where T : unmanaged
{
    // KVM says E2BIG without saying how much it wants.
    private const int FirstCapacity = 128;
    private const int LargestCapacity = 4096;

    private readonly byte[] _bytes;

    internal CpuidTable(int capacity)
    {
        _bytes = new byte[Unsafe.SizeOf<T>() + (capacity * Unsafe.SizeOf<KvmCpuidEntry2>())];
        Table.Count = (uint)capacity;
    }

    internal CpuidTable(in T head, ReadOnlySpan<KvmCpuidEntry2> entries)
        : this(entries.Length)
    {
        Head = head;
        Table.Count = (uint)entries.Length;
        entries.CopyTo(Entries);
    }

    internal ref T Head => ref MemoryMarshal.AsRef<T>(_bytes.AsSpan());

    internal Span<KvmCpuidEntry2> Entries =>
        MemoryMarshal.Cast<byte, KvmCpuidEntry2>(_bytes.AsSpan(Unsafe.SizeOf<T>()))[..(int)Table.Count];

    private ref KvmCpuid2 Table => ref MemoryMarshal.AsRef<KvmCpuid2>(_bytes.AsSpan(Unsafe.SizeOf<T>() - Unsafe.SizeOf<KvmCpuid2>()));

    /// <summary>Asks with larger and larger tables until one is large enough.</summary>
    /// <param name="ask">Passes the table; answers a negated error number, -E2BIG for one that is too small.</param>
    /// <returns>The last answer with the table that got it; still -E2BIG if what the kernel wants has no bound.</returns>
    internal static (int Result, CpuidTable<T> Table) Grow(Func<CpuidTable<T>, int> ask)
    {
        for (int capacity = FirstCapacity; ; capacity *= 2)
        {
            CpuidTable<T> table = new(capacity);
            int result = ask(table);
            if (result != -Interop.Libc.E2BIG || capacity == LargestCapacity)
            {
                return (result, table);
            }
        }
    }

    internal unsafe int Pass(KvmHandle handle, uint request)
    {
        fixed (byte* pointer = _bytes)
        {
            return handle.TryIoctl(request, (nint)pointer);
        }
    }

    internal unsafe KvmTdxResult Pass(KvmHandle handle, KvmTdxCommand command)
    {
        fixed (byte* pointer = _bytes)
        {
            return handle.TdxCommand(command, 0, (ulong)pointer);
        }
    }
}
