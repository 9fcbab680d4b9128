using System.Buffers.Binary;
using Vmm.TdxModel;
using Vmm.TdxModel.Hardware;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>A TD being built on the model by raw ioctls: nothing of the product is between test and model.</summary>
internal sealed class RawTd
{
    public const uint SplitIrqchip = 121;
    public const uint BusCycles = 237;
    public const ulong Page = 4096;
    public const ulong SharedBit = 1UL << 47;

    private const ulong Private = 8;
    private const uint GuestMemfdFlag = 4;

    public RawTd(TdxHost? host = null)
    {
        Kernel = new TdxKernel(host, () => Script);
        System = Kernel.Open("/dev/kvm");
        Vm = Kernel.Ioctl(System, 0xAE01, 5);
    }

    public TdxKernel Kernel { get; }

    public ScriptedTd Script { get; } = new();

    public int System { get; }

    public int Vm { get; }

    public int Vcpu { get; private set; }

    /// <summary>KVM_ENABLE_CAP.</summary>
    public int EnableCap(uint cap, ulong argument, uint flags = 0) => Call(Vm, 0x4068AEA3, Words(104, (0, cap | ((ulong)flags << 32)), (8, argument)));

    /// <summary>KVM_CREATE_GUEST_MEMFD.</summary>
    public int CreateMemfd(ulong size, ulong flags = 0) => Call(Vm, 0xC040AED4, Words(64, (0, size), (8, flags)));

    /// <summary>KVM_SET_USER_MEMORY_REGION2.</summary>
    public int SetRegion(uint slot, ulong gpa, ulong size, int memfd, ulong offset = 0, ulong host = 0x10_0000, uint flags = GuestMemfdFlag) =>
        Call(Vm, 0x40A0AE49, Words(160, (0, slot | ((ulong)flags << 32)), (8, gpa), (16, size), (24, host), (32, offset), (40, (uint)memfd)));

    /// <summary>KVM_SET_MEMORY_ATTRIBUTES.</summary>
    public int SetAttributes(ulong gpa, ulong size, ulong attributes = Private, ulong flags = 0) =>
        Call(Vm, 0x4020AED2, Words(32, (0, gpa), (8, size), (16, attributes), (24, flags)));

    /// <summary>KVM_MEMORY_ENCRYPT_OP.</summary>
    public unsafe int Tdx(int file, uint id, byte[]? data, uint flags = 0, ulong hardwareError = 0)
    {
        fixed (byte* pointer = data)
        {
            return Command(file, id, (ulong)pointer, flags, hardwareError);
        }
    }

    /// <summary>The same with a number for data.</summary>
    public int Command(int file, uint id, ulong data = 0, uint flags = 0, ulong hardwareError = 0)
    {
        byte[] command = Words(24, (0, id | ((ulong)flags << 32)), (8, data), (16, hardwareError));
        int result = Call(file, 0xC008AEBA, command);
        HardwareError = BinaryPrimitives.ReadUInt64LittleEndian(command.AsSpan(16));
        return result;
    }

    /// <summary>hw_error of the last command.</summary>
    public ulong HardwareError { get; private set; }

    /// <summary>struct kvm_tdx_init_vm.</summary>
    public static byte[] InitVm(ulong attributes = 1 << 28, ulong xfam = 7, uint addressSizes = 48 << 16, uint extraLeaf = 0)
    {
        uint entries = extraLeaf == 0 ? 1u : 2u;
        byte[] bytes = Words(264 + (40 * (int)entries), (0, attributes), (8, xfam), (256, entries));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(264), 0x8000_0008);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(264 + 12), addressSizes);
        if (extraLeaf != 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(304), extraLeaf);
        }

        return bytes;
    }

    /// <summary>KVM_SET_CPUID2 with leaf 1.</summary>
    public int SetCpuid(uint leaf1Ecx)
    {
        byte[] table = Words(48, (0, 1));
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(8 + 20), leaf1Ecx);
        return Call(Vcpu, 0x4008AE90, table);
    }

    /// <summary>KVM_TDX_INIT_MEM_REGION; what is left of it is in <see cref="PagesLeft"/>.</summary>
    public unsafe int AddPages(ulong gpa, ulong pages, uint flags = 1, ulong skew = 0)
    {
        byte[] room = GC.AllocateArray<byte>((int)((pages + 2) * Page), pinned: true);
        fixed (byte* start = room)
        {
            ulong source = (((ulong)start + Page - 1) & ~(Page - 1)) + skew;
            byte[] region = Words(24, (0, source), (8, gpa), (16, pages));
            int result = Tdx(Vcpu, 3, region, flags);
            PagesLeft = BinaryPrimitives.ReadUInt64LittleEndian(region.AsSpan(16));
            return result;
        }
    }

    public ulong PagesLeft { get; private set; }

    /// <summary>KVM_CREATE_VCPU, and its page.</summary>
    public int CreateVcpu(int id = 0)
    {
        Vcpu = Kernel.Ioctl(Vm, 0xAE41, id);
        return Vcpu < 0 || Kernel.Map(Vcpu, 12288) > 0 ? Vcpu : -1;
    }

    /// <summary>All steps up to a number of them: 1 irqchip, 2 memory, 3 INIT_VM, 4 vCPU, 5 CPUID, 6 INIT_VCPU, 7 contents, 8 FINALIZE.</summary>
    public RawTd Built(int steps = 8)
    {
        Func<int>[] all =
        [
            () => EnableCap(SplitIrqchip, 24),
            () => SetRegion(0, 0, 16 * Page, CreateMemfd(16 * Page)) + SetAttributes(0, 16 * Page),
            () => Tdx(Vm, 1, InitVm()),
            () => Math.Min(0, CreateVcpu()),
            () => SetCpuid(1 << 21),
            () => Command(Vcpu, 2),
            () => AddPages(0, 2),
            () => Command(Vm, 4),
        ];
        for (int i = 0; i < steps; i++)
        {
            Assert.Equal((i + 1, 0), (i + 1, all[i]()));
        }

        return this;
    }

    public unsafe int Call(int file, uint request, byte[] argument)
    {
        fixed (byte* pointer = argument)
        {
            return Kernel.Ioctl(file, request, (nint)pointer);
        }
    }

    public static byte[] Words(int size, params (int Offset, ulong Value)[] words)
    {
        byte[] bytes = new byte[size];
        foreach ((int offset, ulong value) in words)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), value);
        }

        return bytes;
    }
}
