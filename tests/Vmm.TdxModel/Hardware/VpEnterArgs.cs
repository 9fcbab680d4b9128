namespace Vmm.TdxModel.Hardware;

/// <summary>The registers that TDH.VP.ENTER carries between a TD that makes a TDVMCALL and KVM; what the guest did not select is 0.</summary>
public record struct VpEnterArgs
{
    /// <summary>Which registers pass, in the order of their encoding.</summary>
    public ulong Rcx;

    public ulong Rdx;
    public ulong Rbx;
    public ulong Rsi;
    public ulong Rdi;
    public ulong R8;
    public ulong R9;
    public ulong R10;
    public ulong R11;
    public ulong R12;
    public ulong R13;
    public ulong R14;
    public ulong R15;
}
