using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Hardware;

/// <summary>A TD as KVM_TDX_FINALIZE_VM leaves it: all that the API was told.</summary>
public sealed record TdImage
{
    public required ulong Attributes { get; init; }

    public required ulong Xfam { get; init; }

    /// <summary>Width of guest-physical addresses: 48 or 52.</summary>
    public required int GpaWidth { get; init; }

    public required byte[] MrConfigId { get; init; }

    public required byte[] MrOwner { get; init; }

    public required byte[] MrOwnerConfig { get; init; }

    /// <summary>CPUID values of KVM_TDX_INIT_VM.</summary>
    public required IReadOnlyList<CpuidBits> Cpuid { get; init; }

    /// <summary>Memory with a private side, by address.</summary>
    public required IReadOnlyList<TdMemorySlot> Memory { get; init; }

    /// <summary>Pages with contents, in the order in which they were added.</summary>
    public required IReadOnlyList<AddedPage> Pages { get; init; }

    /// <summary>What each vCPU finds in RCX and R8.</summary>
    public required IReadOnlyList<ulong> InitialRcx { get; init; }

    /// <summary>CPUID table of each vCPU (KVM_SET_CPUID2).</summary>
    public required IReadOnlyList<IReadOnlyList<CpuidBits>> VcpuCpuid { get; init; }

    /// <summary>Whether a page is private now.</summary>
    public required Func<ulong, bool> IsPrivate { get; init; }

    /// <summary>The bit that makes an address shared.</summary>
    public ulong SharedBit => 1UL << (GpaWidth - 1);
}
