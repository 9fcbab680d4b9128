using System.Runtime.InteropServices;
using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Virtualization;

/// <summary>What a guest's handler found when a #VE reached it: registers, frame, and the answer of TDG.VP.VEINFO.GET.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VeRecord
{
    private const ulong ResumeFlag = 1 << 16;

    /// <summary>RFLAGS of the frame and the fifteen registers.</summary>
    public Registers Registers;
    public ulong Rip;
    public ulong Cs;
    public ulong FrameRflags;
    public ulong Rsp;
    public ulong Ss;
    public ulong Status;
    public ulong ExitReason;
    public ulong Qualification;
    public ulong Linear;
    public ulong Physical;
    public ulong Instruction;

    /// <summary>RF as the frame has it; the other flags are those of <see cref="RegistersAtFault"/>.</summary>
    public readonly bool HasResumeFlag => (FrameRflags & ResumeFlag) != 0;

    /// <summary>The registers with which the instruction was interrupted.</summary>
    public readonly Registers RegistersAtFault => Registers with { Rflags = FrameRflags & ~ResumeFlag };
}
