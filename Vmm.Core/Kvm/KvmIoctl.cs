using System.Runtime.CompilerServices;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>ioctl numbers of /dev/kvm, composed as linux/ioctl.h does: direction, size of the argument, type 0xAE, number.</summary>
public static class KvmIoctl
{
    /// <summary>KVM_GET_API_VERSION.</summary>
    public const uint GetApiVersion = Type | 0x00;

    /// <summary>KVM_CREATE_VM.</summary>
    public const uint CreateVm = Type | 0x01;

    /// <summary>KVM_CHECK_EXTENSION.</summary>
    public const uint CheckExtension = Type | 0x03;

    /// <summary>KVM_GET_VCPU_MMAP_SIZE.</summary>
    public const uint GetVcpuMmapSize = Type | 0x04;

    /// <summary>KVM_CREATE_VCPU.</summary>
    public const uint CreateVcpu = Type | 0x41;

    /// <summary>KVM_SET_TSS_ADDR.</summary>
    public const uint SetTssAddr = Type | 0x47;

    /// <summary>KVM_RUN.</summary>
    public const uint Run = Type | 0x80;

    /// <summary>KVM_NMI.</summary>
    public const uint Nmi = Type | 0x9A;

    /// <summary>KVM_SET_TSC_KHZ.</summary>
    public const uint SetTscKhz = Type | 0xA2;

    /// <summary>KVM_GET_TSC_KHZ.</summary>
    public const uint GetTscKhz = Type | 0xA3;

    /// <summary>KVM_GET_SUPPORTED_CPUID.</summary>
    public static readonly uint GetSupportedCpuid = ReadWrite<KvmCpuid2>(0x05);

    /// <summary>KVM_SET_USER_MEMORY_REGION.</summary>
    public static readonly uint SetUserMemoryRegion = Write<KvmUserspaceMemoryRegion>(0x46);

    /// <summary>KVM_SET_USER_MEMORY_REGION2.</summary>
    public static readonly uint SetUserMemoryRegion2 = Write<KvmUserspaceMemoryRegion2>(0x49);

    /// <summary>KVM_SET_IDENTITY_MAP_ADDR.</summary>
    public static readonly uint SetIdentityMapAddr = Write<ulong>(0x48);

    /// <summary>KVM_SET_GSI_ROUTING.</summary>
    public static readonly uint SetGsiRouting = Write<KvmIrqRouting>(0x6A);

    /// <summary>KVM_IRQFD.</summary>
    public static readonly uint Irqfd = Write<KvmIrqfd>(0x76);

    /// <summary>KVM_IOEVENTFD.</summary>
    public static readonly uint Ioeventfd = Write<KvmIoeventfd>(0x79);

    /// <summary>KVM_GET_REGS.</summary>
    public static readonly uint GetRegs = Read<KvmRegs>(0x81);

    /// <summary>KVM_SET_REGS.</summary>
    public static readonly uint SetRegs = Write<KvmRegs>(0x82);

    /// <summary>KVM_GET_SREGS.</summary>
    public static readonly uint GetSregs = Read<KvmSregs>(0x83);

    /// <summary>KVM_SET_SREGS.</summary>
    public static readonly uint SetSregs = Write<KvmSregs>(0x84);

    /// <summary>KVM_GET_MSRS.</summary>
    public static readonly uint GetMsrs = ReadWrite<KvmMsrs>(0x88);

    /// <summary>KVM_SET_MSRS.</summary>
    public static readonly uint SetMsrs = Write<KvmMsrs>(0x89);

    /// <summary>KVM_SET_SIGNAL_MASK.</summary>
    public static readonly uint SetSignalMask = Write<uint>(0x8B);

    /// <summary>KVM_SET_CPUID2.</summary>
    public static readonly uint SetCpuid2 = Write<KvmCpuid2>(0x90);

    /// <summary>KVM_GET_MP_STATE.</summary>
    public static readonly uint GetMpState = Read<uint>(0x98);

    /// <summary>KVM_SET_MP_STATE.</summary>
    public static readonly uint SetMpState = Write<uint>(0x99);

    /// <summary>KVM_GET_VCPU_EVENTS.</summary>
    public static readonly uint GetVcpuEvents = Read<KvmVcpuEvents>(0x9F);

    /// <summary>KVM_SET_VCPU_EVENTS.</summary>
    public static readonly uint SetVcpuEvents = Write<KvmVcpuEvents>(0xA0);

    /// <summary>KVM_ENABLE_CAP.</summary>
    public static readonly uint EnableCap = Write<KvmEnableCap>(0xA3);

    /// <summary>KVM_SIGNAL_MSI.</summary>
    public static readonly uint SignalMsi = Write<KvmMsi>(0xA5);

    /// <summary>KVM_MEMORY_ENCRYPT_OP.</summary>
    public static readonly uint MemoryEncryptOp = ReadWrite<ulong>(0xBA);

    /// <summary>KVM_X86_SET_MSR_FILTER.</summary>
    public static readonly uint X86SetMsrFilter = Write<KvmMsrFilter>(0xC6);

    /// <summary>KVM_SET_MEMORY_ATTRIBUTES.</summary>
    public static readonly uint SetMemoryAttributes = Write<KvmMemoryAttributes>(0xD2);

    /// <summary>KVM_CREATE_GUEST_MEMFD.</summary>
    public static readonly uint CreateGuestMemfd = ReadWrite<KvmCreateGuestMemfd>(0xD4);

    private const uint Type = 0xAE << 8;
    private const int SizeShift = 16;
    private const uint DirectionWrite = 1u << 30;
    private const uint DirectionRead = 2u << 30;

    private static uint Read<T>(uint number) => DirectionRead | Sized<T>(number);

    private static uint Write<T>(uint number) => DirectionWrite | Sized<T>(number);

    private static uint ReadWrite<T>(uint number) => DirectionRead | DirectionWrite | Sized<T>(number);

    private static uint Sized<T>(uint number) => ((uint)Unsafe.SizeOf<T>() << SizeShift) | Type | number;
}
