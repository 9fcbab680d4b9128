using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Tdx.Firmware.Shim;

/// <summary>What the shim is told, in a page of its own: a header, the digests to extend, the memory to accept.</summary>
internal sealed record ShimHandOver
{
    /// <summary>First instruction of the kernel.</summary>
    internal required ulong Entry { get; init; }

    /// <summary>RSI there.</summary>
    internal required ulong BootParams { get; init; }

    /// <summary>RSP there.</summary>
    internal required ulong Stack { get; init; }

    /// <summary>Where the other processors wait; 0 if there are none.</summary>
    internal required ulong Mailbox { get; init; }

    /// <summary>What is extended into the RTMRs.</summary>
    internal required IReadOnlyList<CcEvent> Events { get; init; }

    /// <summary>What is accepted: whole pages that the launch does not add.</summary>
    internal required IReadOnlyList<MemoryRange> Accept { get; init; }

    internal byte[] ToPage()
    {
        byte[] page = new byte[GuestMemory.PageSize];
        if (Events.Count * Unsafe.SizeOf<Extension>() > page.Length - Unsafe.SizeOf<Header>() - (Accept.Count * Unsafe.SizeOf<Pages>()))
        {
            throw new InvalidOperationException($"{Events.Count} events and {Accept.Count} ranges of memory do not fit into a page");
        }

        Header header = new()
        {
            Entry = Entry,
            BootParams = BootParams,
            Stack = Stack,
            Mailbox = Mailbox,
            ExtensionCount = (ulong)Events.Count,
            RangeCount = (ulong)Accept.Count,
            Ranges = BootShim.HandOver.Gpa + (ulong)(Unsafe.SizeOf<Header>() + (Events.Count * Unsafe.SizeOf<Extension>())),
        };
        Span<byte> rest = Append(page, header);
        foreach (CcEvent one in Events)
        {
            Extension extension = new() { Register = (ulong)(one.Register - MeasurementRegister.Rtmr0) };
            one.Digest.CopyTo((Span<byte>)extension.Digest);
            rest = Append(rest, extension);
        }

        foreach (MemoryRange range in Accept)
        {
            rest = Append(rest, new Pages { Start = range.Gpa, End = range.End });
        }

        return page;
    }

    private static Span<byte> Append<T>(Span<byte> space, T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(space, in value);
        return space[Unsafe.SizeOf<T>()..];
    }

    /// <summary>As long as an <see cref="Extension"/>, so that those are aligned as TDG.MR.RTMR.EXTEND wants them.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        public ulong Entry;
        public ulong BootParams;
        public ulong Stack;
        public ulong Mailbox;
        public ulong ExtensionCount;
        public ulong RangeCount;
        public ulong Ranges;
        private readonly ulong _reserved;
    }

    /// <summary>Operand of TDG.MR.RTMR.EXTEND, 64-byte aligned, and the register it goes to.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Extension
    {
        public Bytes48 Digest;
        public ulong Register;
        private readonly ulong _reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Pages
    {
        public ulong Start;
        public ulong End;
    }
}
