using System.Runtime.CompilerServices;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>ioctl numbers of /dev/kvm, composed as linux/ioctl.h does: direction, size of the argument, type 0xAE, number.</summary>
internal static class KvmIoctl
{
    internal const uint GetApiVersion = Type | 0x00;
    internal const uint CreateVm = Type | 0x01;
    internal const uint CheckExtension = Type | 0x03;
    internal const uint GetVcpuMmapSize = Type | 0x04;
    internal const uint CreateVcpu = Type | 0x41;
    internal const uint SetTssAddr = Type | 0x47;
    internal const uint Run = Type | 0x80;
    internal const uint Nmi = Type | 0x9A;
    internal const uint SetTscKhz = Type | 0xA2;
    internal const uint GetTscKhz = Type | 0xA3;

    internal static readonly uint GetSupportedCpuid = ReadWrite<KvmCpuid2>(0x05);
    internal static readonly uint SetUserMemoryRegion = Write<KvmUserspaceMemoryRegion>(0x46);
    internal static readonly uint SetIdentityMapAddr = Write<ulong>(0x48);
    internal static readonly uint SetGsiRouting = Write<KvmIrqRouting>(0x6A);
    internal static readonly uint Irqfd = Write<KvmIrqfd>(0x76);
    internal static readonly uint Ioeventfd = Write<KvmIoeventfd>(0x79);
    internal static readonly uint GetRegs = Read<KvmRegs>(0x81);
    internal static readonly uint SetRegs = Write<KvmRegs>(0x82);
    internal static readonly uint GetSregs = Read<KvmSregs>(0x83);
    internal static readonly uint SetSregs = Write<KvmSregs>(0x84);
    internal static readonly uint GetMsrs = ReadWrite<KvmMsrs>(0x88);
    internal static readonly uint SetMsrs = Write<KvmMsrs>(0x89);
    internal static readonly uint SetSignalMask = Write<uint>(0x8B);
    internal static readonly uint SetCpuid2 = Write<KvmCpuid2>(0x90);
    internal static readonly uint GetMpState = Read<uint>(0x98);
    internal static readonly uint SetMpState = Write<uint>(0x99);
    internal static readonly uint GetVcpuEvents = Read<KvmVcpuEvents>(0x9F);
    internal static readonly uint SetVcpuEvents = Write<KvmVcpuEvents>(0xA0);
    internal static readonly uint EnableCap = Write<KvmEnableCap>(0xA3);
    internal static readonly uint SignalMsi = Write<KvmMsi>(0xA5);
    internal static readonly uint X86SetMsrFilter = Write<KvmMsrFilter>(0xC6);

    private const uint Type = 0xAE << 8;
    private const int SizeShift = 16;
    private const uint DirectionWrite = 1u << 30;
    private const uint DirectionRead = 2u << 30;

    private static uint Read<T>(uint number) => DirectionRead | Sized<T>(number);

    private static uint Write<T>(uint number) => DirectionWrite | Sized<T>(number);

    private static uint ReadWrite<T>(uint number) => DirectionRead | DirectionWrite | Sized<T>(number);

    private static uint Sized<T>(uint number) => ((uint)Unsafe.SizeOf<T>() << SizeShift) | Type | number;
}
