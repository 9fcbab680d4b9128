using Vmm.Core.Boot.Images;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Core.Paging;

namespace Vmm.Tdx.Module.Traps;

/// <summary>
/// Stops a kernel's decompressor where it jumps to the kernel it has unpacked: only then are the kernel's TDCALLs in memory, wherever KASLR has
/// put them.
/// </summary>
/// <remarks>
/// The decompressor ends in <c>mov rsi, r15; jmp rax</c> (arch/x86/boot/compressed/head_64.S). The jump is replaced by an OUT of the same length.
/// </remarks>
public sealed class HandOverTrap
{
    /// <summary>The port behind which the jump hides.</summary>
    public const byte Port = 0xB6;

    private readonly GuestMemory _memory;
    private readonly LinearMemory _linear;
    private readonly Decompressor _decompressor;
    private readonly TdCallTrap _tdCalls;
    private bool _done;

    private HandOverTrap(GuestMemory memory, Decompressor decompressor, TdCallTrap tdCalls)
    {
        _memory = memory;
        _linear = new LinearMemory(memory);
        _decompressor = decompressor;
        _tdCalls = tdCalls;
    }

    // mov rsi, r15; jmp rax
    private static ReadOnlySpan<byte> LastInstructions => [0x4C, 0x89, 0xFE, 0xFF, 0xE0];

    // OUT Port, AL
    private static ReadOnlySpan<byte> Replacement => [0xE6, Port];

    private static int JumpOffset => LastInstructions.Length - Replacement.Length;

    /// <summary>Replaces the jump in a decompressor that has been loaded.</summary>
    /// <returns>The trap, or null when the code does not end as expected: let the VMM unpack this kernel.</returns>
    public static HandOverTrap? TryInstall(GuestMemory memory, Decompressor decompressor, TdCallTrap tdCalls)
    {
        List<ulong> jumps = [];
        foreach (MemoryRange range in decompressor.Code)
        {
            Span<byte> code = memory.GetSpan(range.Gpa, (int)range.Size);
            for (int from = 0, at; (at = code[from..].IndexOf(LastInstructions)) >= 0; from += at + 1)
            {
                jumps.Add(range.Gpa + (ulong)(from + at + JumpOffset));
            }
        }

        if (jumps.Count != 1)
        {
            return null;
        }

        memory.Write(jumps[0], Replacement);
        return new HandOverTrap(memory, decompressor, tdCalls);
    }

    /// <summary>After an exit for <see cref="Port"/>: whether the decompressor's jump made it.</summary>
    /// <param name="sregs">State of the vCPU.</param>
    /// <param name="rip">RIP at the exit: at the OUT, or behind it where KVM emulates.</param>
    public bool IsHandOver(in KvmSregs sregs, ulong rip)
    {
        Span<byte> code = stackalloc byte[LastInstructions.Length];
        for (int behind = JumpOffset; behind <= LastInstructions.Length && !_done; behind += Replacement.Length)
        {
            if (_linear.Read(in sregs, rip - (ulong)behind, code) == code.Length
                && code[..JumpOffset].SequenceEqual(LastInstructions[..JumpOffset]) && code[JumpOffset..].SequenceEqual(Replacement))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds the TDCALLs of the kernel that has been unpacked.</summary>
    /// <param name="entry">Where the decompressor jumps to: the kernel may begin below and end above it.</param>
    /// <returns>How many there are.</returns>
    public int Arm(ulong entry)
    {
        _done = true;
        ulong start = Math.Max(_decompressor.PreferredAddress, entry > _decompressor.InitSize ? entry - _decompressor.InitSize : 0);
        MemoryRange ram = _memory.Regions.First(region => region.Range.Contains(entry, 1)).Range;
        ulong end = Math.Min(ram.End, entry + _decompressor.InitSize);
        return _tdCalls.Install(new MemoryRange(start, end - start));
    }
}
