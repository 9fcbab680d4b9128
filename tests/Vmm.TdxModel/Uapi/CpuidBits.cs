namespace Vmm.TdxModel.Uapi;

/// <summary>struct kvm_cpuid_entry2 (asm/kvm.h).</summary>
/// <param name="Function">Leaf.</param>
/// <param name="Index">Sub-leaf.</param>
/// <param name="Flags">Bit 0: the sub-leaf is significant.</param>
/// <param name="Eax">EAX, or a mask of its bits.</param>
/// <param name="Ebx">EBX.</param>
/// <param name="Ecx">ECX.</param>
/// <param name="Edx">EDX.</param>
public readonly record struct CpuidBits(uint Function, uint Index, uint Flags, uint Eax, uint Ebx, uint Ecx, uint Edx)
{
    /// <summary>KVM_MAX_CPUID_ENTRIES.</summary>
    public const int MaxEntries = 256;

    internal const int Size = 40;
    internal const int HeaderSize = 8;

    internal static CpuidBits Read(ReadOnlySpan<byte> entry) =>
        new(entry.U32(0), entry.U32(4), entry.U32(8), entry.U32(12), entry.U32(16), entry.U32(20), entry.U32(24));

    internal static byte[] Write(IReadOnlyList<CpuidBits> entries)
    {
        byte[] bytes = new byte[entries.Count * Size];
        for (int i = 0; i < entries.Count; i++)
        {
            Span<byte> entry = bytes.AsSpan(i * Size, Size);
            CpuidBits bits = entries[i];
            uint[] words = [bits.Function, bits.Index, bits.Flags, bits.Eax, bits.Ebx, bits.Ecx, bits.Edx];
            for (int word = 0; word < words.Length; word++)
            {
                entry.Put32(word * sizeof(uint), words[word]);
            }
        }

        return bytes;
    }

    /// <summary>Reads a struct kvm_cpuid2 of the caller's.</summary>
    /// <returns>0, or a negated error number.</returns>
    internal static int ReadTable(ulong address, out CpuidBits[] entries)
    {
        entries = [];
        if (UserMemory.Read(address, HeaderSize) is not { } header)
        {
            return -Errno.EFAULT;
        }

        uint count = header.U32(0);
        if (count > MaxEntries)
        {
            return -Errno.E2BIG;
        }

        if (UserMemory.Read(address + HeaderSize, (int)count * Size) is not { } bytes)
        {
            return -Errno.EFAULT;
        }

        entries = [.. Enumerable.Range(0, (int)count).Select(i => Read(bytes.AsSpan(i * Size)))];
        return 0;
    }

    /// <summary>Answers with a struct kvm_cpuid2, if the caller's is large enough.</summary>
    /// <returns>0, or a negated error number.</returns>
    internal static int WriteTable(ulong address, IReadOnlyList<CpuidBits> entries)
    {
        if (UserMemory.Read(address, HeaderSize) is not { } header)
        {
            return -Errno.EFAULT;
        }

        if (header.U32(0) < entries.Count)
        {
            return -Errno.E2BIG;
        }

        header.AsSpan().Put32(0, (uint)entries.Count);
        return UserMemory.TryWrite(address, header) && UserMemory.TryWrite(address + HeaderSize, Write(entries)) ? 0 : -Errno.EFAULT;
    }
}
