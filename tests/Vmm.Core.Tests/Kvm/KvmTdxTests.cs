using System.Runtime.CompilerServices;
using Vmm.Core.Interop;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Tests.Kvm;

/// <summary>What goes to the kernel for a TD, seen where the kernel sees it.</summary>
public sealed unsafe class KvmTdxTests
{
    private const int Eio = 5;
    private const ulong ModuleStatus = 0xC000_0100_0000_0046;

    private readonly List<(uint Request, nint Argument)> _requests = [];
    private readonly byte[] _runArea = GC.AllocateArray<byte>(4096, pinned: true);

    [Fact]
    public void Capabilities_TableTooSmall_GrowsUntilItFits()
    {
        const uint Wanted = 300;
        List<uint> offered = [];
        using KvmVm vm = Vm((ref KvmTdxCmd command) =>
        {
            Assert.Equal((KvmTdxCommand.Capabilities, 0u, 0ul), (command.Id, command.Flags, command.HwError));
            var head = (KvmTdxCapabilities*)command.Data;
            offered.Add(head->Cpuid.Count);
            if (head->Cpuid.Count < Wanted)
            {
                return -Libc.E2BIG;
            }

            head->SupportedXfam = 3;
            head->Cpuid.Count = Wanted;
            ((KvmCpuidEntry2*)(head + 1))[Wanted - 1].Function = 0x8000_0008;
            return 0;
        });

        KvmTdxResult result = vm.GetTdxCapabilities(out KvmTdxCapabilities capabilities, out KvmCpuidEntry2[] cpuid);

        Assert.True(result.Succeeded);
        Assert.Equal([128u, 256u, 512u], offered);
        Assert.Equal(3ul, capabilities.SupportedXfam);
        Assert.Equal((Wanted, 0x8000_0008u), ((uint)cpuid.Length, cpuid[^1].Function));
    }

    [Fact]
    public void Capabilities_TableNeverLargeEnough_SaysSo()
    {
        using KvmVm vm = Vm((ref KvmTdxCmd _) => -Libc.E2BIG);

        Assert.Equal(new KvmTdxResult(Libc.E2BIG, 0), vm.GetTdxCapabilities(out _, out KvmCpuidEntry2[] cpuid));
        Assert.Empty(cpuid);
    }

    [Fact]
    public void InitTd_ParametersAndCpuid_LieBehindEachOther()
    {
        KvmTdxInitVm seen = default;
        KvmCpuidEntry2 last = default;
        using KvmVm vm = Vm((ref KvmTdxCmd command) =>
        {
            Assert.Equal(KvmTdxCommand.InitVm, command.Id);
            seen = *(KvmTdxInitVm*)command.Data;
            last = ((KvmCpuidEntry2*)(command.Data + (ulong)Unsafe.SizeOf<KvmTdxInitVm>()))[1];
            return 0;
        });
        KvmTdxInitVm parameters = new() { Attributes = 1 << 28, Xfam = 7 };
        parameters.MrOwnerConfig[47] = 0xAB;

        Assert.True(vm.InitTd(in parameters, [new KvmCpuidEntry2 { Function = 1 }, new KvmCpuidEntry2 { Function = 7, Index = 1 }]).Succeeded);

        Assert.Equal((1ul << 28, 7ul, (byte)0xAB, 2u), (seen.Attributes, seen.Xfam, seen.MrOwnerConfig[47], seen.Cpuid.Count));
        Assert.Equal((7u, 1u), (last.Function, last.Index));
    }

    [Fact]
    public void FinalizeTd_ModuleRefuses_GivesItsStatus()
    {
        using KvmVm vm = Vm((ref KvmTdxCmd command) =>
        {
            command.HwError = ModuleStatus;
            return -Eio;
        });

        Assert.Equal(new KvmTdxResult(Eio, ModuleStatus), vm.FinalizeTd());
    }

    [Fact]
    public void InitTdVcpuAndMemory_ArgumentsAndProgress_TravelBothWays()
    {
        List<KvmTdxCmd> commands = [];
        using KvmVm vm = Vm((ref KvmTdxCmd command) =>
        {
            commands.Add(command);
            if (command.Id == KvmTdxCommand.InitMemRegion)
            {
                ((KvmTdxInitMemRegion*)command.Data)->NrPages -= 2;
                return -Libc.EAGAIN;
            }

            return 0;
        });
        using KvmVcpu vcpu = vm.CreateVcpu(0);
        KvmTdxInitMemRegion region = new() { SourceAddr = 0x1000, Gpa = 0x2000, NrPages = 3 };

        Assert.True(vcpu.InitTdVcpu(0x80_9000).Succeeded);
        Assert.Equal(Libc.EAGAIN, vcpu.InitTdMemory(ref region, KvmTdxRegionFlags.MeasureMemoryRegion).Errno);

        Assert.Equal((KvmTdxCommand.InitVcpu, 0x80_9000ul), (commands[0].Id, commands[0].Data));
        Assert.Equal((KvmTdxCommand.InitMemRegion, 1u), (commands[1].Id, commands[1].Flags));
        Assert.Equal(1ul, region.NrPages);
    }

    [Fact]
    public void TdVcpu_Run_AsksForNoRegisters()
    {
        using KvmVm vm = Vm((ref KvmTdxCmd _) => 0);
        using KvmVcpu vcpu = vm.CreateVcpu(0);
        _requests.Clear();

        Assert.False(vcpu.HasRegisters);
        Assert.Equal(0, vcpu.Run());
        Assert.Empty(_requests);
        Assert.Equal(KvmSync.None, vcpu.Area.ValidRegs);
    }

    [Fact]
    public void SetMemory_WithGuestMemfd_NamesBothSides()
    {
        KvmUserspaceMemoryRegion2 seen = default;
        using KvmVm vm = Vm((ref KvmTdxCmd _) => 0, (request, argument) =>
        {
            seen = request == KvmIoctl.SetUserMemoryRegion2 ? *(KvmUserspaceMemoryRegion2*)argument : seen;
            return null;
        });
        using GuestMemfd memory = vm.CreateGuestMemfd(0x20_0000);

        vm.SetMemory(3, 0x10_0000, 0x20_0000, 0x7000, memory);

        Assert.Equal((3u, KvmMemoryFlags.GuestMemfd, 0x10_0000ul, 0x20_0000ul), (seen.Slot, seen.Flags, seen.GuestPhysicalAddress, seen.MemorySize));
        Assert.Equal((0x7000ul, (uint)FakeSyscalls.File, 0ul), (seen.UserspaceAddress, seen.GuestMemfd, seen.GuestMemfdOffset));
    }

    [Fact]
    public void SetMemoryAttributes_Refused_GivesTheErrorNumber()
    {
        KvmMemoryAttributes seen = default;
        using KvmVm vm = Vm((ref KvmTdxCmd _) => 0, (request, argument) =>
        {
            seen = request == KvmIoctl.SetMemoryAttributes ? *(KvmMemoryAttributes*)argument : seen;
            return request == KvmIoctl.SetMemoryAttributes ? -Libc.ENOMEM : null;
        });

        Assert.Equal(Libc.ENOMEM, vm.SetMemoryAttributes(0x1000, 0x3000, KvmMemoryAttribute.Private));
        Assert.Equal((0x1000ul, 0x3000ul, KvmMemoryAttribute.Private), (seen.Address, seen.Size, seen.Attributes));
    }

    private KvmVm Vm(Command command, Func<uint, nint, int?>? see = null)
    {
        int Answer(uint request, nint argument)
        {
            _requests.Add((request, argument));
            return see?.Invoke(request, argument) is { } seen ? seen
                : request == KvmIoctl.MemoryEncryptOp ? command(ref *(KvmTdxCmd*)argument)
                : request == KvmIoctl.GetApiVersion ? 12
                : request == KvmIoctl.GetVcpuMmapSize ? _runArea.Length
                : request == KvmIoctl.CreateVm || request == KvmIoctl.CreateVcpu || request == KvmIoctl.CreateGuestMemfd ? FakeSyscalls.File
                : 0;
        }

        KvmSystem system = KvmSystem.Open(new FakeSyscalls { Answer = Answer, MapResult = (nint)Unsafe.AsPointer(ref _runArea[0]) });
        KvmVm vm = system.CreateVm(KvmVmType.Tdx);
        Assert.Contains((KvmIoctl.CreateVm, (nint)5), _requests);
        return vm;
    }

    private delegate int Command(ref KvmTdxCmd command);
}
