namespace Vmm.TdxModel.Uapi;

/// <summary>The memory that a vCPU's file descriptor maps: struct kvm_run (linux/kvm.h) by its offsets, then a page for port data.</summary>
public sealed unsafe class RunPage
{
    /// <summary>What KVM_GET_VCPU_MMAP_SIZE says on x86: kvm_run, port data, coalesced MMIO.</summary>
    public const int Size = 3 * PageSize;

    internal const uint ExitIo = 2;
    internal const uint ExitHypercall = 3;
    internal const uint ExitMmio = 6;
    internal const uint ExitShutdown = 8;
    internal const uint ExitFailEntry = 9;
    internal const uint ExitIntr = 10;
    internal const uint ExitInternalError = 17;
    internal const uint ExitSystemEvent = 24;
    internal const uint ExitRdmsr = 29;
    internal const uint ExitWrmsr = 30;
    internal const uint ExitMemoryFault = 39;
    internal const uint ExitTdx = 40;

    /// <summary>Where the part begins that depends on the exit reason.</summary>
    internal const int Details = 32;

    /// <summary>Where port data lie (KVM_PIO_PAGE_OFFSET).</summary>
    internal const int PortData = PageSize;

    private const int PageSize = 4096;
    private const int ImmediateExitOffset = 1;
    private const int ExitReasonOffset = 8;
    private const int DetailsSize = 256;
    private const int ValidRegsOffset = 288;
    private const int DirtyRegsOffset = 296;

    private readonly byte* _page;

    internal RunPage(nint page) => _page = (byte*)page;

    /// <summary>All of it.</summary>
    public Span<byte> Bytes => new(_page, Size);

    internal bool ImmediateExit => Volatile.Read(ref _page[ImmediateExitOffset]) != 0;

    internal bool AsksForRegisters => (Bytes.U64(ValidRegsOffset) | Bytes.U64(DirtyRegsOffset)) != 0;

    internal uint ExitReason
    {
        get => Bytes.U32(ExitReasonOffset);
        set => Bytes.Put32(ExitReasonOffset, value);
    }

    /// <summary>Begins an exit: reason, and details that say nothing of the last one.</summary>
    internal Span<byte> Begin(uint reason)
    {
        ExitReason = reason;
        Span<byte> details = Bytes.Slice(Details, DetailsSize);
        details.Clear();
        return details;
    }

    /// <summary>The details as user space left them.</summary>
    internal Span<byte> Answer => Bytes.Slice(Details, DetailsSize);
}
