using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm;

/// <summary>A virtual machine of KVM.</summary>
public sealed partial class KvmVm : IMsiSink, IDisposable
{
    private const uint RouteIsMsi = 2; // KVM_IRQ_ROUTING_MSI
    private const uint RemoveWriteSignal = 4; // KVM_IOEVENTFD_FLAG_DEASSIGN

    private readonly IKvmSyscalls _syscalls;
    private readonly KvmHandle _handle;
    private readonly int _runAreaSize;
    private readonly RegisterAccess _registers;

    internal KvmVm(IKvmSyscalls syscalls, KvmHandle handle, int runAreaSize, RegisterAccess registers)
    {
        _syscalls = syscalls;
        _handle = handle;
        _runAreaSize = runAreaSize;
        _registers = registers;
    }

    /// <summary>KVM_CHECK_EXTENSION for this kind of VM.</summary>
    public int CheckExtension(KvmCap capability) => Math.Max(0, _handle.TryIoctl(KvmIoctl.CheckExtension, (nint)capability));

    /// <summary>KVM_ENABLE_CAP.</summary>
    public void EnableCap(KvmCap capability, ulong argument)
    {
        var enable = new KvmEnableCap { Cap = (uint)capability };
        enable.Args[0] = argument;
        _handle.Ioctl(KvmIoctl.EnableCap, ref enable, $"KVM_ENABLE_CAP {capability}");
    }

    /// <summary>Three pages that Intel processors without unrestricted guest mode need below 4 GiB.</summary>
    public void SetTssAddress(uint address) => _handle.Ioctl(KvmIoctl.SetTssAddr, (nint)address, "KVM_SET_TSS_ADDR");

    /// <summary>One page of the same need.</summary>
    public void SetIdentityMapAddress(ulong address) => _handle.Ioctl(KvmIoctl.SetIdentityMapAddr, ref address, "KVM_SET_IDENTITY_MAP_ADDR");

    /// <summary>KVM_SET_USER_MEMORY_REGION.</summary>
    /// <param name="slot">Slot number, unique in the VM.</param>
    /// <param name="gpa">First guest-physical address.</param>
    /// <param name="size">Size in bytes.</param>
    /// <param name="hostAddress">What backs it; its page protections bind the guest too.</param>
    public void SetMemory(int slot, ulong gpa, ulong size, nint hostAddress)
    {
        var region = new KvmUserspaceMemoryRegion
        {
            Slot = (uint)slot,
            GuestPhysicalAddress = gpa,
            MemorySize = size,
            UserspaceAddress = (ulong)hostAddress,
        };
        _handle.Ioctl(KvmIoctl.SetUserMemoryRegion, ref region, $"KVM_SET_USER_MEMORY_REGION 0x{gpa:x}+0x{size:x}");
    }

    /// <summary>KVM_X86_SET_MSR_FILTER: registers in no range stay with KVM.</summary>
    /// <param name="ranges">At most 16, of a multiple of 64 registers each: KVM reads the bitmaps in whole longs.</param>
    public unsafe void SetMsrFilter(IReadOnlyList<MsrFilterRange> ranges)
    {
        var filter = default(KvmMsrFilter);
        var pins = new MemoryHandle[ranges.Count];
        try
        {
            for (int i = 0; i < ranges.Count; i++)
            {
                pins[i] = ranges[i].Allowed.AsMemory().Pin();
                filter.Ranges[i] = new KvmMsrFilterRange
                {
                    Flags = (uint)ranges[i].Access,
                    Base = ranges[i].First,
                    Count = ranges[i].Count,
                    Bitmap = (ulong)pins[i].Pointer,
                };
            }

            _handle.Ioctl(KvmIoctl.X86SetMsrFilter, ref filter, "KVM_X86_SET_MSR_FILTER");
        }
        finally
        {
            Array.ForEach(pins, pin => pin.Dispose());
        }
    }

    /// <inheritdoc/>
    /// <remarks>KVM_SIGNAL_MSI. A backend thread may signal once more while the machine is being taken down: nobody takes that interrupt.</remarks>
    public bool Signal(ulong address, uint data)
    {
        var msi = new KvmMsi { AddressLow = (uint)address, AddressHigh = (uint)(address >> 32), Data = data };
        try
        {
            unsafe
            {
                return _handle.TryIoctl(KvmIoctl.SignalMsi, (nint)(&msi)) > 0;
            }
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>KVM_SET_GSI_ROUTING: replaces the whole table.</summary>
    /// <exception cref="KvmException">KVM refuses.</exception>
    public void SetMsiRoutes(ReadOnlySpan<MsiRoute> routes) => KvmException.Check(InstallMsiRoutes(routes), "KVM_SET_GSI_ROUTING");

    /// <summary>KVM_SET_GSI_ROUTING with messages that a guest has made.</summary>
    /// <returns>False when KVM refuses; then the old table stays.</returns>
    public bool TrySetMsiRoutes(ReadOnlySpan<MsiRoute> routes) => InstallMsiRoutes(routes) >= 0;

    /// <summary>KVM_IRQFD: has an eventfd raise an interrupt, until it is closed.</summary>
    /// <param name="file">The eventfd.</param>
    /// <param name="gsi">Number of the interrupt in the routing table.</param>
    internal bool TryConnectInterrupt(int file, int gsi)
    {
        var irqfd = new KvmIrqfd { Fd = (uint)file, Gsi = (uint)gsi };
        unsafe
        {
            return _handle.TryIoctl(KvmIoctl.Irqfd, (nint)(&irqfd)) >= 0;
        }
    }

    /// <summary>KVM_IOEVENTFD: has a guest's writes to an address raise an eventfd, without an exit, or no longer.</summary>
    /// <param name="file">The eventfd.</param>
    /// <param name="gpa">The address.</param>
    /// <param name="size">Width of the write in bytes; 0 for any, where KVM can (<see cref="KvmCap.IoeventfdAnyLength"/>).</param>
    /// <param name="connect">False to end it.</param>
    internal bool TryConnectWrites(int file, ulong gpa, int size, bool connect)
    {
        var signal = new KvmIoeventfd { Fd = file, Address = gpa, Length = (uint)size, Flags = connect ? 0 : RemoveWriteSignal };
        unsafe
        {
            return _handle.TryIoctl(KvmIoctl.Ioeventfd, (nint)(&signal)) >= 0;
        }
    }

    /// <summary>KVM_GET_TSC_KHZ: what vCPUs will run at; 0 where only a vCPU can say (before Linux 5.18).</summary>
    public int GetTscKhz() => Math.Max(0, _handle.TryIoctl(KvmIoctl.GetTscKhz, 0));

    /// <summary>KVM_SET_TSC_KHZ: the frequency of vCPUs that are created later.</summary>
    /// <returns>0, or an error number.</returns>
    public int SetTscKhz(int khz) => -Math.Min(0, _handle.TryIoctl(KvmIoctl.SetTscKhz, khz));

    /// <summary>KVM_CREATE_VCPU.</summary>
    /// <param name="id">vCPU id, which is its APIC id.</param>
    public KvmVcpu CreateVcpu(int id)
    {
        int file = _handle.Ioctl(KvmIoctl.CreateVcpu, id, "KVM_CREATE_VCPU");
        var handle = new KvmHandle(_syscalls, file);
        try
        {
            return new KvmVcpu(_syscalls, handle, id, _runAreaSize, _registers);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private unsafe int InstallMsiRoutes(ReadOnlySpan<MsiRoute> routes)
    {
        byte[] table = new byte[Unsafe.SizeOf<KvmIrqRouting>() + (routes.Length * Unsafe.SizeOf<KvmIrqRoutingEntry>())];
        MemoryMarshal.AsRef<KvmIrqRouting>(table.AsSpan()).Count = (uint)routes.Length;
        Span<KvmIrqRoutingEntry> entries = MemoryMarshal.Cast<byte, KvmIrqRoutingEntry>(table.AsSpan(Unsafe.SizeOf<KvmIrqRouting>()));
        for (int i = 0; i < routes.Length; i++)
        {
            entries[i] = new KvmIrqRoutingEntry
            {
                Gsi = (uint)routes[i].Gsi,
                Type = RouteIsMsi,
                MsiAddressLow = (uint)routes[i].Message.Address,
                MsiAddressHigh = (uint)(routes[i].Message.Address >> 32),
                MsiData = routes[i].Message.Data,
            };
        }

        fixed (byte* pointer = table)
        {
            return _handle.TryIoctl(KvmIoctl.SetGsiRouting, (nint)pointer);
        }
    }
}
