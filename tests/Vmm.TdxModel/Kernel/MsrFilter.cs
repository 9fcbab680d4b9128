using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>KVM_X86_SET_MSR_FILTER (arch/x86/kvm/x86.c, kvm_msr_allowed).</summary>
internal sealed class MsrFilter
{
    internal const uint Read = 1;
    internal const uint Write = 2;

    private const int FilterSize = 392;
    private const int FirstRange = 8;
    private const int RangeSize = 24;
    private const int MaxRanges = 16;
    private const uint MaxCount = 0x3000;
    private const int BitsPerByte = 8;

    private readonly List<(uint Flags, uint First, uint Count, byte[] Allowed)> _ranges = [];
    private bool _deniesByDefault;

    /// <returns>0, or a negated error number.</returns>
    internal static int TryRead(ulong argument, out MsrFilter filter)
    {
        filter = new MsrFilter();
        if (UserMemory.Read(argument, FilterSize) is not { } bytes)
        {
            return -Errno.EFAULT;
        }

        if (bytes.U32(0) > 1)
        {
            return -Errno.EINVAL;
        }

        filter._deniesByDefault = bytes.U32(0) == 1;
        for (int i = 0; i < MaxRanges; i++)
        {
            ReadOnlySpan<byte> range = bytes.AsSpan(FirstRange + (i * RangeSize), RangeSize);
            (uint flags, uint count, uint first, ulong bitmap) = (range.U32(0), range.U32(4), range.U32(8), range.U64(16));
            if (count == 0)
            {
                continue;
            }

            if ((flags & ~(Read | Write)) != 0 || flags == 0 || count > MaxCount)
            {
                return -Errno.EINVAL;
            }

            if (UserMemory.Read(bitmap, (int)(count + BitsPerByte - 1) / BitsPerByte) is not { } allowed)
            {
                return -Errno.EFAULT;
            }

            filter._ranges.Add((flags, first, count, allowed));
        }

        return 0;
    }

    internal bool Allows(uint index, uint access)
    {
        // The x2APIC's registers are never filtered.
        if (index is >= 0x800 and <= 0x8FF)
        {
            return true;
        }

        foreach ((uint flags, uint first, uint count, byte[] allowed) in _ranges)
        {
            if ((flags & access) != 0 && index >= first && index - first < count)
            {
                uint bit = index - first;
                return (allowed[bit / BitsPerByte] >> (int)(bit % BitsPerByte) & 1) != 0;
            }
        }

        return !_deniesByDefault;
    }
}
