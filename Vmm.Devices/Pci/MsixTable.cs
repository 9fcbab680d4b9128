using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>
/// The MSI-X table of a function and its pending bits (PCI Local Bus 3.0, 6.8.2 and 6.8.3): a signal becomes a message, or is kept pending while it is masked.
/// </summary>
/// <remarks>
/// Signals come from any thread and also under a device's gate, so the table has a lock of its own, under which it calls the lines only. A line is made, and
/// told its message, when the guest has unmasked the vector: what masked vectors hold may be half of an address.
/// </remarks>
internal sealed class MsixTable : IMmioDevice
{
    private const int MinimumSize = 4096;
    private const int PendingPerWord = 64;

    // Only these addresses are interrupt messages; any other write would be one to memory, which a function's interrupt has no business with.
    private const uint MessageArea = 0xFEE0_0000;
    private const uint MessageAreaMask = 0xFFF0_0000;

    private readonly Lock _lock = new();
    private readonly IMsiLines _source;
    private readonly MsixEntry[] _entries;
    private readonly IMsiLine?[] _lines;
    private readonly MsiMessage[] _messages; // what the lines were told
    private readonly ulong[] _pending;
    private MsixControl _control;
    private bool _busMaster;

    /// <summary>Makes a table with every vector masked.</summary>
    /// <param name="vectors">The vectors, which are connected to it.</param>
    /// <param name="lines">Makes the lines for its messages.</param>
    public MsixTable(MsixVectors vectors, IMsiLines lines)
    {
        _source = lines;
        _entries = new MsixEntry[vectors.Count];
        _lines = new IMsiLine?[vectors.Count];
        _messages = new MsiMessage[vectors.Count];
        _pending = new ulong[(vectors.Count + PendingPerWord - 1) / PendingPerWord];
        Reset();
        vectors.Connect(Signal);
    }

    /// <summary>Number of vectors.</summary>
    public int Count => _entries.Length;

    /// <summary>Where the pending bits start, behind the table.</summary>
    public int PendingBitsOffset => Count * Unsafe.SizeOf<MsixEntry>();

    /// <summary>Size of the BAR that holds both.</summary>
    public ulong BarSize => Math.Max(MinimumSize, BitOperations.RoundUpToPowerOf2((ulong)PendingBitsOffset + (ulong)(_pending.Length * sizeof(ulong))));

    /// <summary>Message control, of which enable and function mask count.</summary>
    public MsixControl Control
    {
        set
        {
            lock (_lock)
            {
                _control = value;
                RouteAll();
                DeliverPending();
            }
        }
    }

    /// <summary>Whether the function may write to memory, which messages are.</summary>
    public bool BusMaster
    {
        set
        {
            lock (_lock)
            {
                _busMaster = value;
                RouteAll();
                DeliverPending();
            }
        }
    }

    /// <inheritdoc/>
    IReadOnlyList<MmioRange> IMmioDevice.MmioRanges => [];

    private bool MayDeliver => (_control & (MsixControl.Enable | MsixControl.FunctionMask)) == MsixControl.Enable && _busMaster;

    /// <summary>Masks every vector and forgets what is pending.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _control = MsixControl.None;
            _busMaster = false;
            Array.Fill(_entries, new MsixEntry { Control = MsixVectorControl.Masked });
            Array.Clear(_pending);
        }
    }

    /// <inheritdoc/>
    public void ReadMmio(int range, ulong offset, Span<byte> data)
    {
        lock (_lock)
        {
            ReadOnlySpan<byte> table = MemoryMarshal.AsBytes(_entries.AsSpan());
            ReadOnlySpan<byte> source = offset < (ulong)table.Length ? table[(int)offset..] : From(MemoryMarshal.AsBytes(_pending.AsSpan()), offset - (ulong)table.Length);
            source[..Math.Min(source.Length, data.Length)].CopyTo(data);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Accesses other than aligned doublewords and quadwords are undefined (6.8.2): they are ignored. Pending bits cannot be written.</remarks>
    public void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data)
    {
        if (data.Length < sizeof(uint) || offset % (ulong)data.Length != 0 || offset >= (ulong)PendingBitsOffset)
        {
            return;
        }

        lock (_lock)
        {
            data.CopyTo(MemoryMarshal.AsBytes(_entries.AsSpan())[(int)offset..]);
            int vector = (int)offset / Unsafe.SizeOf<MsixEntry>();
            _entries[vector].Control &= MsixVectorControl.Masked;
            Route(vector);
            DeliverPending(vector / PendingPerWord);
        }
    }

    private static bool IsInterrupt(MsiMessage message) => ((uint)message.Address & MessageAreaMask) == MessageArea;

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> bytes, ulong offset) => offset < (ulong)bytes.Length ? bytes[(int)offset..] : [];

    private void Signal(int vector)
    {
        lock (_lock)
        {
            if ((_control & MsixControl.Enable) == 0)
            {
                return; // the function would have to use its interrupt pin, and has none
            }

            _pending[vector / PendingPerWord] |= 1UL << vector;
            DeliverPending(vector / PendingPerWord);
        }
    }

    private void RouteAll()
    {
        for (int vector = 0; vector < _entries.Length; vector++)
        {
            Route(vector);
        }
    }

    private void Route(int vector)
    {
        ref readonly MsixEntry entry = ref _entries[vector];
        MsiMessage message = new(entry.Address, entry.Data);
        if (!MayDeliver || (entry.Control & MsixVectorControl.Masked) != 0 || !IsInterrupt(message) || _messages[vector] == message)
        {
            return;
        }

        _messages[vector] = message;
        IMsiLine line = _lines[vector] ??= _source.Create();
        line.SetMessage(message);
    }

    private void DeliverPending()
    {
        for (int word = 0; word < _pending.Length; word++)
        {
            DeliverPending(word);
        }
    }

    private void DeliverPending(int word)
    {
        ulong left = MayDeliver ? _pending[word] : 0;
        while (left != 0)
        {
            int bit = BitOperations.TrailingZeroCount(left);
            left &= left - 1;
            int vector = (word * PendingPerWord) + bit;
            ref readonly MsixEntry entry = ref _entries[vector];
            if ((entry.Control & MsixVectorControl.Masked) != 0)
            {
                continue;
            }

            _pending[word] &= ~(1UL << bit);
            if (IsInterrupt(new MsiMessage(entry.Address, entry.Data)))
            {
                _lines[vector]!.Signal();
            }
        }
    }
}
