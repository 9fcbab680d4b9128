using Vmm.TdxModel;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>
/// The model keeps the rules of KVM's TDX API (Documentation/virt/kvm/x86/intel-tdx.rst, arch/x86/kvm/vmx/tdx.c, virt/kvm): what the tests of a launch
/// would not notice, had the model forgotten it.
/// </summary>
public sealed class ModelRulesTests
{
    private const int ENOENT = -2;
    private const int EINTR = -4;
    private const int EIO = -5;
    private const int ENXIO = -6;
    private const int E2BIG = -7;
    private const int EBADF = -9;
    private const int EFAULT = -14;
    private const int EEXIST = -17;
    private const int EINVAL = -22;
    private const int ENOSPC = -28;
    private const ulong Page = RawTd.Page;

    [Fact]
    public void Open_AnotherFile_IsNotThere() => Assert.Equal(ENOENT, new TdxKernel().Open("/dev/null"));

    [Fact]
    public void CreateVm_AnotherType_IsInvalid() => Assert.Equal(EINVAL, new RawTd() is var td ? td.Kernel.Ioctl(td.System, 0xAE01, 1) : 0);

    [Fact]
    public void CreateVm_HostWithoutTdx_IsInvalid() => Assert.Equal(EINVAL, new RawTd(new TdxHost { Extensions = new Dictionary<uint, int>() }).Vm);

    [Fact]
    public void Ioctl_ClosedFile_IsNoFile()
    {
        RawTd td = new();
        td.Kernel.Close(td.Vm);
        Assert.Equal(EBADF, td.EnableCap(RawTd.SplitIrqchip, 24));
    }

    [Fact]
    public void SyncRegs_OfATd_AreNone()
    {
        RawTd td = new();
        Assert.Equal((7, 0), (td.Kernel.Ioctl(td.System, 0xAE03, 74), td.Kernel.Ioctl(td.Vm, 0xAE03, 74)));
    }

    [Fact]
    public void MaxVcpus_OfATd_AreThePresentProcessors()
    {
        RawTd td = new(new TdxHost { PresentCpus = 3 });
        Assert.Equal((4096, 3), (td.Kernel.Ioctl(td.System, 0xAE03, 66), td.Kernel.Ioctl(td.Vm, 0xAE03, 66)));
    }

    [Fact]
    public void EnableCap_OrderAndArguments_AreChecked()
    {
        RawTd td = new();
        Assert.Equal(ENXIO, td.EnableCap(RawTd.BusCycles, 40)); // no irqchip yet
        Assert.Equal(EINVAL, td.EnableCap(RawTd.SplitIrqchip, 5000));
        Assert.Equal(EINVAL, td.EnableCap(RawTd.SplitIrqchip, 24, flags: 1));
        Assert.Equal(0, td.EnableCap(RawTd.SplitIrqchip, 24));
        Assert.Equal(EEXIST, td.EnableCap(RawTd.SplitIrqchip, 24));
        Assert.Equal(0, td.EnableCap(RawTd.BusCycles, 40));
        Assert.Equal(EINVAL, td.EnableCap(RawTd.BusCycles, 0));
        Assert.Equal(EINVAL, td.EnableCap(201, 1 << 11)); // only MAP_GPA_RANGE can be forwarded
        Assert.Equal(EINVAL, td.EnableCap(129, 4));
        Assert.Equal(EINVAL, td.EnableCap(66, 4));
        Assert.Equal(EFAULT, td.Kernel.Ioctl(td.Vm, 0x4068AEA3, 16));
    }

    [Fact]
    public void Capabilities_TableTooSmall_IsTooBig()
    {
        RawTd td = new();
        Assert.Equal(E2BIG, td.Tdx(td.Vm, 0, new byte[2056]));
        Assert.Equal(EINVAL, td.Tdx(td.Vm, 0, RawTd.Words(2056 + (40 * 100), (2048, 100)), flags: 1));
        byte[] room = RawTd.Words(2056 + (40 * 100), (2048, 100));
        Assert.Equal(0, td.Tdx(td.Vm, 0, room));
        Assert.Equal((ulong)td.Kernel.Host.ConfigurableCpuid.Count, BitConverter.ToUInt64(room, 2048));
        Assert.Equal(EFAULT, td.Command(td.Vm, 0, data: 16));
    }

    [Fact]
    public void Command_HardwareErrorSetOrUnknownNumber_IsInvalid()
    {
        RawTd td = new();
        Assert.Equal(EINVAL, td.Tdx(td.Vm, 1, RawTd.InitVm(), hardwareError: 1));
        Assert.Equal(EINVAL, td.Command(td.Vm, 6));
        Assert.Equal(EINVAL, td.Command(td.Vm, 2)); // a vCPU's
    }

    [Theory]
    [InlineData(1UL << 29, 7UL, 48u, 0u)] // an attribute that the host lacks
    [InlineData(0UL, 7UL | (1UL << 20), 48u, 0u)] // a feature that it lacks
    [InlineData(0UL, 7UL, 47u, 0u)] // no such width
    [InlineData(0UL, 7UL, 0u, 0u)]
    [InlineData(0UL, 7UL, 48u, 0x3u)] // a leaf of which nothing can be configured
    public void InitVm_BadParameter_IsInvalidWithoutHardwareError(ulong attributes, ulong xfam, uint width, uint leaf)
    {
        RawTd td = new();
        Assert.Equal((EINVAL, 0UL), (td.Tdx(td.Vm, 1, RawTd.InitVm(attributes, xfam, width << 16, leaf)), td.HardwareError));
    }

    [Theory]
    [InlineData(4UL, 48u << 16)] // x87 and SSE are not optional
    [InlineData(7UL, (48u << 16) | 0x8000)] // a bit of a configurable leaf that is not configurable
    public void InitVm_WhatTheModuleRefuses_HasItsStatus(ulong xfam, uint addressSizes)
    {
        RawTd td = new();
        Assert.Equal(EINVAL, td.Tdx(td.Vm, 1, RawTd.InitVm(0, xfam, addressSizes)));
        Assert.Equal(0xC000_0100U, td.HardwareError >> 32);
    }

    [Fact]
    public void InitVm_ReservedFlagsTableAndSecondTime_AreRefused()
    {
        RawTd td = new();
        byte[] reserved = RawTd.InitVm();
        reserved[200] = 1;
        byte[] padded = RawTd.InitVm();
        padded[260] = 1;
        byte[] large = RawTd.InitVm();
        BitConverter.TryWriteBytes(large.AsSpan(256), 257);
        Assert.Equal(
            (EINVAL, EINVAL, E2BIG, EINVAL, EFAULT),
            (td.Tdx(td.Vm, 1, reserved), td.Tdx(td.Vm, 1, padded), td.Tdx(td.Vm, 1, large), td.Tdx(td.Vm, 1, RawTd.InitVm(), flags: 1), td.Command(td.Vm, 1, data: 16)));
        Assert.Equal((0, EINVAL), (td.Tdx(td.Vm, 1, RawTd.InitVm()), td.Tdx(td.Vm, 1, RawTd.InitVm())));
    }

    [Fact]
    public void InitVm_FiftyTwoBits_NeedFiveLevels()
    {
        Assert.Equal(0, new RawTd() is var wide ? wide.Tdx(wide.Vm, 1, RawTd.InitVm(addressSizes: 52 << 16)) : 1);
        RawTd narrow = new(new TdxHost { HasFiveLevelEpt = false });
        Assert.Equal(EINVAL, narrow.Tdx(narrow.Vm, 1, RawTd.InitVm(addressSizes: 52 << 16)));
    }

    [Fact]
    public void InitVm_NoKeyIdLeft_IsNoSpace()
    {
        RawTd td = new(new TdxHost { FreeKeyIds = 0 });
        Assert.Equal(ENOSPC, td.Tdx(td.Vm, 1, RawTd.InitVm()));
    }

    [Fact]
    public void InitVm_TscOutOfRange_IsTheModulesError()
    {
        RawTd td = new();
        Assert.Equal(0, td.Kernel.Ioctl(td.Vm, 0xAEA2, 50_000));
        Assert.Equal((EINVAL, 0xC000_0100_0000_0046UL), (td.Tdx(td.Vm, 1, RawTd.InitVm()), td.HardwareError));
    }

    [Fact]
    public void CreateVcpu_OutOfOrder_IsRefused()
    {
        RawTd early = new();
        Assert.Equal(EIO, early.CreateVcpu());
        Assert.Equal(0, early.Tdx(early.Vm, 1, RawTd.InitVm()));
        Assert.Equal(EINVAL, early.CreateVcpu()); // no split irqchip
        RawTd td = new RawTd(new TdxHost { PresentCpus = 1 }).Built(4);
        Assert.Equal(EINVAL, td.Kernel.Ioctl(td.Vm, 0xAE41, 1)); // more than there are processors
        Assert.Equal(EEXIST, new RawTd().Built(4) is var other ? other.Kernel.Ioctl(other.Vm, 0xAE41, 0) : 0);
        Assert.Equal(EIO, new RawTd().Built() is var late ? late.Kernel.Ioctl(late.Vm, 0xAE41, 1) : 0);
    }

    [Fact]
    public void InitVcpu_WithoutX2ApicOrTwice_IsInvalid()
    {
        RawTd td = new RawTd().Built(4);
        Assert.Equal(EINVAL, td.Command(td.Vcpu, 2)); // no CPUID at all
        td.SetCpuid(0);
        Assert.Equal(EINVAL, td.Command(td.Vcpu, 2));
        td.SetCpuid(1 << 21);
        Assert.Equal((EINVAL, 0, EINVAL), (td.Command(td.Vcpu, 2, flags: 1), td.Command(td.Vcpu, 2), td.Command(td.Vcpu, 2)));
    }

    [Fact]
    public void Memfd_BadSizeOrFlags_IsInvalid()
    {
        RawTd td = new();
        Assert.Equal((EINVAL, EINVAL, EINVAL), (td.CreateMemfd(0), td.CreateMemfd(100), td.CreateMemfd(Page, flags: 1)));
    }

    [Fact]
    public void Region_RulesOfSlots_AreKept()
    {
        RawTd td = new();
        int memfd = td.CreateMemfd(16 * Page);
        Assert.Equal(EINVAL, td.SetRegion(0, 1, Page, memfd));
        Assert.Equal(EINVAL, td.SetRegion(0, 0, Page, memfd, offset: 1));
        Assert.Equal(EINVAL, td.SetRegion(0, 0, Page, memfd, host: 1));
        Assert.Equal(EINVAL, td.SetRegion(0, 0, Page, memfd, flags: 4 | 1)); // no dirty log
        Assert.Equal(EINVAL, td.SetRegion(0, 0, 32 * Page, memfd)); // beyond the file
        Assert.Equal(EBADF, td.SetRegion(0, 0, Page, td.Vm));
        Assert.Equal(0, td.SetRegion(0, 0, 8 * Page, memfd));
        Assert.Equal(EEXIST, td.SetRegion(1, 4 * Page, 8 * Page, memfd, offset: 8 * Page)); // addresses overlap
        Assert.Equal(EEXIST, td.SetRegion(1, 32 * Page, Page, memfd)); // one place in the file, twice
        Assert.Equal(EINVAL, td.SetRegion(0, 0, 4 * Page, memfd)); // slots of guest_memfd never change
        Assert.Equal(0, td.Tdx(td.Vm, 1, RawTd.InitVm()));
        Assert.Equal(EINVAL, td.SetRegion(1, RawTd.SharedBit, Page, memfd, offset: 8 * Page));
        Assert.Equal(0, td.SetRegion(0, 0, 0, memfd)); // deleted
        Assert.Equal(EINVAL, td.SetRegion(0, 0, 0, memfd));
    }

    [Fact]
    public void Attributes_BadArguments_AreInvalid()
    {
        RawTd td = new();
        Assert.Equal(
            (EINVAL, EINVAL, EINVAL, EINVAL, EINVAL),
            (td.SetAttributes(1, Page), td.SetAttributes(0, 0), td.SetAttributes(0, Page, attributes: 1), td.SetAttributes(0, Page, flags: 1), td.SetAttributes(ulong.MaxValue & ~(Page - 1), 2 * Page)));
    }

    [Fact]
    public void AddPages_RulesOfPages_AreKept()
    {
        RawTd td = new RawTd().Built(6);
        Assert.Equal(EINVAL, td.AddPages(0, 0));
        Assert.Equal(EINVAL, td.AddPages(1, 1));
        Assert.Equal(EINVAL, td.AddPages(0, 1, skew: 8));
        Assert.Equal(EINVAL, td.AddPages(0, 1, flags: 2));
        Assert.Equal(EINVAL, td.AddPages(RawTd.SharedBit, 1));
        Assert.Equal(EINVAL, td.AddPages(16 * Page, 1)); // no memory
        Assert.Equal((0, EEXIST), (td.AddPages(0, 1), td.AddPages(0, 1)));
        td.SetAttributes(4 * Page, Page, attributes: 0);
        Assert.Equal((EINVAL, 1UL), (td.AddPages(3 * Page, 2), td.PagesLeft)); // the second is shared
        Assert.Equal(EINVAL, new RawTd().Built(5).AddPages(0, 1)); // the vCPU is not initialised
    }

    [Fact]
    public void AddPages_Interrupted_SaysWhatIsLeft()
    {
        RawTd td = new RawTd().Built(6);
        int pages = 0;
        td.Kernel.InterruptRegion = () => ++pages == 3 ? EINTR : 0;
        Assert.Equal((EINTR, 3UL), (td.AddPages(0, 5), td.PagesLeft));
        Assert.Equal(2, td.Kernel.AddedPages.Count);
    }

    [Fact]
    public void Finalize_TooEarlyOrTwice_IsInvalid()
    {
        RawTd td = new();
        Assert.Equal(EINVAL, td.Command(td.Vm, 4));
        Assert.Equal(EINVAL, new RawTd().Built() is var built ? built.Command(built.Vm, 4) : 0);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(7)]
    public void Run_BeforeFinalize_IsInvalid(int steps)
    {
        RawTd td = new RawTd().Built(steps);
        Assert.Equal(EINVAL, td.Kernel.Run(td.Vcpu));
    }

    [Fact]
    public void Vcpu_OfARunnableTd_TakesNoMoreCommandsAndShowsNoRegisters()
    {
        RawTd td = new RawTd().Built();
        Assert.Equal((EINVAL, EINVAL), (td.AddPages(5 * Page, 1), td.Tdx(td.Vcpu, 5, RawTd.Words(8 + (40 * 100), (0, 100)))));
        foreach (uint request in (uint[])[0x8090AE81, 0x4090AE82, 0x8138AE83, 0x4138AE84, 0x4048AE9B, 0xAEA2])
        {
            Assert.Equal(EINVAL, td.Call(td.Vcpu, request, new byte[512]));
        }
    }

    [Fact]
    public void Msrs_BeyondThoseThatKvmEmulates_AreNotThere()
    {
        RawTd td = new RawTd().Built();
        td.Script.SetMsr(0x277, 7);
        byte[] two = RawTd.Words(8 + 32, (0, 2), (8, 0x277), (24, 0x10)); // PAT, TSC
        Assert.Equal((1, 7UL), (td.Call(td.Vcpu, 0xC008AE88, two), BitConverter.ToUInt64(two, 16)));
        Assert.Equal(0, td.Call(td.Vcpu, 0x4008AE89, RawTd.Words(24, (0, 1), (8, 0x1B), (16, 1)))); // APIC_BASE is read-only
    }
}
