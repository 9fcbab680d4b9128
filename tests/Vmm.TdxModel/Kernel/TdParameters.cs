using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>struct kvm_tdx_init_vm (asm/kvm.h), and the checks of KVM and of the TDX module on it (arch/x86/kvm/vmx/tdx.c, setup_tdparams).</summary>
internal sealed record TdParameters(ulong Attributes, ulong Xfam, byte[] MrConfigId, byte[] MrOwner, byte[] MrOwnerConfig, CpuidBits[] Cpuid, int GpaWidth)
{
    private const int FixedSize = 256;
    private const int MrSize = 48;
    private const int FirstMr = 16;
    private const int Reserved = FirstMr + (3 * MrSize);

    private const uint AddressSizesLeaf = 0x8000_0008;
    private const uint FeaturesLeaf = 7;
    private const uint Tsx = (1 << 4) | (1 << 11); // CPUID 7.0 EBX: HLE, RTM
    private const uint WaitPkg = 1 << 5; // CPUID 7.0 ECX
    private const int NarrowWidth = 48;
    private const int WideWidth = 52;

    // TDX_OPERAND_INVALID, with the number of the field of TD_PARAMS as the module gives it: 64 ATTRIBUTES, 65 XFAM, 69 CPUID, 70 TSC_FREQUENCY.
    private const ulong OperandInvalid = 0xC000_0100_0000_0000;

    /// <summary>Reads and checks.</summary>
    /// <returns>0, or a negated error number.</returns>
    internal static int TryRead(TdxHost host, int tscKhz, ulong address, out TdParameters? parameters, out ulong hardwareError)
    {
        parameters = null;
        hardwareError = 0;
        if (UserMemory.Read(address, FixedSize + CpuidBits.HeaderSize) is not { } bytes)
        {
            return -Errno.EFAULT;
        }

        int result = CpuidBits.ReadTable(address + FixedSize, out CpuidBits[] cpuid);
        if (result < 0)
        {
            return result;
        }

        (ulong attributes, ulong xfam) = (bytes.U64(0), bytes.U64(8));
        CpuidBits? sizes = cpuid.Where(entry => entry.Function == AddressSizesLeaf).Select(entry => (CpuidBits?)entry).FirstOrDefault();
        int width = (int)((sizes?.Eax ?? 0) >> 16 & 0xFF);
        if (bytes.AsSpan(Reserved, FixedSize - Reserved).ContainsAnyExcept((byte)0)
            || bytes.U32(FixedSize + sizeof(uint)) != 0
            || (attributes & ~host.SupportedAttributes) != 0
            || (xfam & ~host.SupportedXfam) != 0
            || !(width == NarrowWidth || (width == WideWidth && host.HasFiveLevelEpt))
            || cpuid.Any(entry => !IsConfigurable(host, entry))
            || cpuid.Any(entry => entry.Function == FeaturesLeaf && entry.Index == 0 && ((entry.Ebx & Tsx) != 0 || (entry.Ecx & WaitPkg) != 0)))
        {
            return -Errno.EINVAL;
        }

        hardwareError = (xfam & host.FixedXfam) != host.FixedXfam ? OperandInvalid | 65
            : cpuid.Any(entry => HasOtherBits(host, entry)) ? OperandInvalid | 69
            : tscKhz is < 100_000 or > 10_000_000 ? OperandInvalid | 70
            : 0;
        if (hardwareError != 0)
        {
            return -Errno.EINVAL;
        }

        byte[] Mr(int index) => bytes.AsSpan(FirstMr + (index * MrSize), MrSize).ToArray();
        parameters = new TdParameters(attributes, xfam, Mr(0), Mr(1), Mr(2), cpuid, width);
        return 0;
    }

    // Every entry must have its place among the configurable ones: the number of matches is compared with nent.
    private static bool IsConfigurable(TdxHost host, CpuidBits entry) => Mask(host, entry) is not null;

    private static CpuidBits? Mask(TdxHost host, CpuidBits entry)
    {
        foreach (CpuidBits mask in host.ConfigurableCpuid)
        {
            if (mask.Function == entry.Function && ((entry.Flags & 1) == 0 || mask.Index == entry.Index))
            {
                return mask;
            }
        }

        return null;
    }

    // EAX[23:16] of leaf 0x80000008 goes into CONFIG_FLAGS and EPTP_CONTROLS, not to the module's CPUID.
    private static bool HasOtherBits(TdxHost host, CpuidBits entry) => Mask(host, entry) is { } mask
        && ((entry.Eax & ~mask.Eax) | (entry.Ebx & ~mask.Ebx) | (entry.Ecx & ~mask.Ecx) | (entry.Edx & ~mask.Edx)) != 0;
}
