using Vmm.Core.Boot.LongMode;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Firmware.Shim;
using Vmm.Tdx.Hardware.Launch;
using Vmm.Tdx.Module.Traps;
using Vmm.Tdx.Tests.Attestation.Measurement;

namespace Vmm.Tdx.Tests.Firmware.Shim;

/// <summary>The shim on KVM, entered as a TD's vCPUs are. What it calls of the TDX module, the test answers.</summary>
internal sealed class ShimMachine : IDisposable
{
    public const ulong KernelStart = 0x10_0000;
    public const byte KernelPort = 0x80;

    private readonly KvmSystem _kvm = KvmSystem.Open();
    private readonly KvmVm _vm;
    private readonly TestBoot _boot;
    private readonly TdCallTrap _trap;
    private readonly List<KvmVcpu> _vcpus = [];

    public ShimMachine(IReadOnlyList<CcEvent> events, int processors = 1)
    {
        _vm = _kvm.CreateVm();
        _boot = new TestBoot([(KernelStart, 0x3000)], initrdSize: 5000, firmware: BootShim.Range, processors: processors);
        Image = DirectBoot.Complete(Memory, _boot.Kernel, events);
        _trap = new TdCallTrap(Memory);
        TdCallSites = _trap.Install(BootShim.Range);
        for (int slot = 0; slot < Memory.Regions.Count; slot++)
        {
            MemoryRegion region = Memory.Regions[slot];
            _vm.SetMemory(slot, region.Range.Gpa, region.Range.Size, region.PrivateView);
        }
    }

    public GuestMemory Memory => _boot.Memory;

    public ProcessorState Expected => _boot.Kernel.BootProcessor;

    public ulong Mailbox => _boot.Kernel.MailboxAddress!.Value;

    public IReadOnlyList<MemoryRange> Ram => _boot.Kernel.Layout.Ram;

    public TdxImage Image { get; }

    public int TdCallSites { get; }

    /// <summary>A vCPU in the state of TDH.VP.INIT.</summary>
    public KvmVcpu Start(uint index)
    {
        KvmVcpu vcpu = _vm.CreateVcpu((int)index);
        _vcpus.Add(vcpu);
        vcpu.SetCpuid(_kvm.GetSupportedCpuid());
        vcpu.GetSregs(out KvmSregs sregs);
        sregs.Cs = Flat(0, 0xB);
        sregs.Ds = sregs.Es = sregs.Fs = sregs.Gs = sregs.Ss = Flat(0, 0x3);
        sregs.Gdt = new KvmDtable { Limit = 0xFFFF };
        sregs.Idt = default;
        (sregs.Cr0, sregs.Cr3, sregs.Cr4, sregs.Efer) = (0x31, 0, 0x40, 0x901);
        vcpu.SetSregs(ref sregs);
        vcpu.Registers = new KvmRegs { Rip = 0xFFFF_FFF0, Rflags = 2, Rbx = 48, Rdx = 0x806F8, Rsi = index, Rcx = 0, R8 = 0 };
        vcpu.MarkRegistersDirty();
        return vcpu;
    }

    /// <summary>Runs up to an access to another port than the one behind which TDCALLs hide.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="answer">Answers a TDCALL: the status for RAX, or null to end the run.</param>
    /// <returns>The port; null if the answer was.</returns>
    public int? Run(KvmVcpu vcpu, Func<KvmRegs, TdxStatus?> answer)
    {
        while (true)
        {
            Assert.Equal(new VcpuExit(VcpuExitKind.Io, KvmExitReason.Io, 0), VcpuExit.From(vcpu, vcpu.Run()));
            if (vcpu.Area.Exit.Io.Port != TdCallTrap.Port)
            {
                return vcpu.Area.Exit.Io.Port;
            }

            vcpu.GetSregs(out KvmSregs sregs);
            Assert.True(_trap.IsTdCall(in sregs, vcpu.Registers.Rip, out ulong next));
            if (answer(vcpu.Registers) is not { } status)
            {
                return null;
            }

            vcpu.CompletePendingExit();
            vcpu.Registers.Rax = status.Value;
            vcpu.Registers.Rip = next;
            vcpu.MarkRegistersDirty();
        }
    }

    public void Dispose()
    {
        _vcpus.ForEach(vcpu => vcpu.Dispose());
        _vm.Dispose();
        _boot.Dispose();
        _kvm.Dispose();
    }

    private static KvmSegment Flat(ushort selector, byte type) =>
        new() { Limit = 0xFFFF_FFFF, Selector = selector, Type = type, Present = 1, S = 1, Db = 1, G = 1 };
}
