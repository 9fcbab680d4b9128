using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>What a VM with private memory, and a TD above all, has besides.</summary>
public sealed partial class KvmVm
{
    /// <summary>KVM_CREATE_GUEST_MEMFD.</summary>
    /// <param name="size">Size in bytes, page-aligned.</param>
    public GuestMemfd CreateGuestMemfd(ulong size)
    {
        var create = new KvmCreateGuestMemfd { Size = size };
        int file = _handle.Ioctl(KvmIoctl.CreateGuestMemfd, ref create, "KVM_CREATE_GUEST_MEMFD");
        return new GuestMemfd(_syscalls, new KvmHandle(_syscalls, file), size);
    }

    /// <summary>KVM_SET_USER_MEMORY_REGION2: a slot with a private and a shared side.</summary>
    /// <param name="slot">Slot number, unique in the VM.</param>
    /// <param name="gpa">First guest-physical address, without the shared bit.</param>
    /// <param name="size">Size in bytes.</param>
    /// <param name="hostAddress">What backs its shared pages.</param>
    /// <param name="memory">What backs its private pages, from <paramref name="offset"/> on.</param>
    /// <param name="offset">Offset in bytes.</param>
    public void SetMemory(int slot, ulong gpa, ulong size, nint hostAddress, GuestMemfd memory, ulong offset = 0)
    {
        var region = new KvmUserspaceMemoryRegion2
        {
            Slot = (uint)slot,
            Flags = KvmMemoryFlags.GuestMemfd,
            GuestPhysicalAddress = gpa,
            MemorySize = size,
            UserspaceAddress = (ulong)hostAddress,
            GuestMemfd = (uint)memory.Descriptor,
            GuestMemfdOffset = offset,
        };
        _handle.Ioctl(KvmIoctl.SetUserMemoryRegion2, ref region, $"KVM_SET_USER_MEMORY_REGION2 0x{gpa:x}+0x{size:x}");
    }

    /// <summary>KVM_SET_MEMORY_ATTRIBUTES: makes a run of guest memory private or shared.</summary>
    /// <param name="gpa">First guest-physical address, page-aligned, without the shared bit.</param>
    /// <param name="size">Size in bytes, page-aligned.</param>
    /// <param name="attributes">What it becomes.</param>
    /// <returns>0, or an error number: the kernel does all of it or nothing.</returns>
    public unsafe int SetMemoryAttributes(ulong gpa, ulong size, KvmMemoryAttribute attributes)
    {
        var change = new KvmMemoryAttributes { Address = gpa, Size = size, Attributes = attributes };
        return -Math.Min(0, _handle.TryIoctl(KvmIoctl.SetMemoryAttributes, (nint)(&change)));
    }

    /// <summary>KVM_TDX_CAPABILITIES.</summary>
    /// <param name="capabilities">What a TD can be given.</param>
    /// <param name="cpuid">Masks of the CPUID bits that can be configured.</param>
    public KvmTdxResult GetTdxCapabilities(out KvmTdxCapabilities capabilities, out KvmCpuidEntry2[] cpuid)
    {
        KvmTdxResult answer = default;
        (_, CpuidTable<KvmTdxCapabilities> table) = CpuidTable<KvmTdxCapabilities>.Grow(table =>
        {
            answer = table.Pass(_handle, KvmTdxCommand.Capabilities);
            return -answer.Errno;
        });
        capabilities = table.Head;
        cpuid = answer.Succeeded ? table.Entries.ToArray() : [];
        return answer;
    }

    /// <summary>KVM_TDX_INIT_VM; before any vCPU exists.</summary>
    /// <param name="parameters">The TD's parameters; the head of its CPUID table is filled in here.</param>
    /// <param name="cpuid">CPUID values, of leaves that can be configured.</param>
    public KvmTdxResult InitTd(in KvmTdxInitVm parameters, ReadOnlySpan<KvmCpuidEntry2> cpuid) =>
        new CpuidTable<KvmTdxInitVm>(in parameters, cpuid).Pass(_handle, KvmTdxCommand.InitVm);

    /// <summary>KVM_TDX_FINALIZE_VM: nothing can be added afterwards, and the vCPUs can run.</summary>
    public KvmTdxResult FinalizeTd() => _handle.TdxCommand(KvmTdxCommand.FinalizeVm, 0, 0);
}
