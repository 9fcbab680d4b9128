namespace Vmm.TdxModel.Uapi;

/// <summary>KVM_CAP_* (linux/kvm.h).</summary>
public static class Caps
{
    public const uint NrVcpus = 9;
    public const uint Irqfd = 32;
    public const uint Ioeventfd = 36;
    public const uint VcpuEvents = 41;
    public const uint TscControl = 60;
    public const uint MaxVcpus = 66;
    public const uint TscDeadlineTimer = 72;
    public const uint SyncRegs = 74;
    public const uint SignalMsi = 77;
    public const uint SplitIrqchip = 121;
    public const uint X2apicApi = 129;
    public const uint ImmediateExit = 136;
    public const uint X86UserSpaceMsr = 188;
    public const uint X86MsrFilter = 189;
    public const uint EnforcePvFeatureCpuid = 190;
    public const uint ExitHypercall = 201;
    public const uint VmTscControl = 214;
    public const uint UserMemory2 = 231;
    public const uint MemoryFaultInfo = 232;
    public const uint MemoryAttributes = 233;
    public const uint GuestMemfd = 234;
    public const uint VmTypes = 235;
    public const uint PreFaultMemory = 236;
    public const uint X86ApicBusCyclesNs = 237;
}
