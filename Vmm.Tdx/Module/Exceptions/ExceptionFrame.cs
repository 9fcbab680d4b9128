using System.Runtime.InteropServices;

namespace Vmm.Tdx.Module.Exceptions;

/// <summary>What the processor pushes for an exception without an error code in 64-bit mode (Intel SDM vol. 3, 6.14.2), lowest address first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExceptionFrame
{
    internal ulong Rip;
    internal ulong Cs;
    internal ulong Rflags;
    internal ulong Rsp;
    internal ulong Ss;
}
