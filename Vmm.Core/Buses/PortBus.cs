using System.Buffers.Binary;

namespace Vmm.Core.Buses;

/// <summary>Port I/O of a machine: finds the device of a port and passes the access on. Immutable, thread-safe, allocates nothing.</summary>
/// <remarks>
/// What no device claims reads all-ones, and writes to it are ignored. An access that is not 1, 2 or 4 bytes long, or that leaves
/// the range it starts in, is carried out byte by byte. A device that throws answers all-ones.
/// </remarks>
public sealed class PortBus
{
    private const int PortCount = 0x10000;
    private const byte AllOnes = 0xFF;

    private readonly ushort[] _slots = new ushort[PortCount]; // port → index into _mappings; 0: unclaimed
    private readonly PortMapping?[] _mappings;
    private readonly BusFaults _faults;
    private long _unclaimedReads;
    private long _unclaimedWrites;

    internal PortBus(IReadOnlyList<PortMapping> mappings, BusFaults faults)
    {
        _faults = faults;
        _mappings = [null, .. mappings];
        for (int slot = 1; slot < _mappings.Length; slot++)
        {
            PortMapping mapping = _mappings[slot]!;
            _slots.AsSpan(mapping.First, mapping.Range.Count).Fill((ushort)slot);
        }
    }

    /// <summary>Reads of which no device answered some byte.</summary>
    public long UnclaimedReads => Volatile.Read(ref _unclaimedReads);

    /// <summary>Writes of which no device took some byte.</summary>
    public long UnclaimedWrites => Volatile.Read(ref _unclaimedWrites);

    /// <summary>Whether a device claims the port.</summary>
    public bool Claims(ushort port) => _slots[port] != 0;

    /// <summary>The guest reads.</summary>
    /// <param name="port">First port.</param>
    /// <param name="data">Bytes to fill, little-endian.</param>
    /// <returns>False when no device claims some byte; that byte is 0xFF.</returns>
    public bool Read(ushort port, Span<byte> data)
    {
        PortMapping? mapping = _mappings[_slots[port]];
        bool claimed = mapping is not null && Fits(mapping, port, data.Length)
            ? ReadDevice(mapping, port, data)
            : ReadBytewise(port, data);
        if (!claimed)
        {
            Interlocked.Increment(ref _unclaimedReads);
        }

        return claimed;
    }

    /// <summary>The guest writes.</summary>
    /// <param name="port">First port.</param>
    /// <param name="data">Bytes to write, little-endian.</param>
    /// <returns>False when no device claims some byte; that byte is ignored.</returns>
    public bool Write(ushort port, ReadOnlySpan<byte> data)
    {
        PortMapping? mapping = _mappings[_slots[port]];
        bool claimed = mapping is not null && Fits(mapping, port, data.Length)
            ? WriteDevice(mapping, port, data)
            : WriteBytewise(port, data);
        if (!claimed)
        {
            Interlocked.Increment(ref _unclaimedWrites);
        }

        return claimed;
    }

    /// <summary>The guest reads; the form in which TDVMCALL&lt;Instruction.IO&gt; asks.</summary>
    /// <param name="port">First port.</param>
    /// <param name="size">1, 2 or 4 bytes; the caller has checked it.</param>
    /// <returns>The value, zero-extended.</returns>
    public ulong Read(ushort port, int size)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        Read(port, data[..size]);
        return BinaryPrimitives.ReadUInt64LittleEndian(data);
    }

    /// <summary>The guest writes; the form in which TDVMCALL&lt;Instruction.IO&gt; asks.</summary>
    /// <param name="port">First port.</param>
    /// <param name="size">1, 2 or 4 bytes; the caller has checked it.</param>
    /// <param name="value">The value; bits above <paramref name="size"/> bytes are ignored.</param>
    public void Write(ushort port, int size, ulong value)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(data, value);
        Write(port, data[..size]);
    }

    private static bool Fits(PortMapping mapping, int port, int length) =>
        length is 1 or 2 or 4 && port + length - 1 <= mapping.Last;

    private bool ReadDevice(PortMapping mapping, int port, Span<byte> data)
    {
        try
        {
            lock (mapping.Gate)
            {
                mapping.Attached.CountRead();
                data.Clear();
                mapping.Handler.ReadPort(mapping.Index, port - mapping.First, data);
            }
        }
        catch (Exception exception)
        {
            data.Fill(AllOnes);
            _faults.Report(mapping.Attached, "read", "port", (ulong)port, data.Length, exception);
        }

        return true;
    }

    private bool WriteDevice(PortMapping mapping, int port, ReadOnlySpan<byte> data)
    {
        try
        {
            lock (mapping.Gate)
            {
                mapping.Attached.CountWrite();
                mapping.Handler.WritePort(mapping.Index, port - mapping.First, data);
            }
        }
        catch (Exception exception)
        {
            _faults.Report(mapping.Attached, "write", "port", (ulong)port, data.Length, exception);
        }

        return true;
    }

    private bool ReadBytewise(int port, Span<byte> data)
    {
        bool claimed = true;
        for (int i = 0; i < data.Length; i++)
        {
            if (Find(port + i) is { } mapping)
            {
                ReadDevice(mapping, port + i, data.Slice(i, 1));
            }
            else
            {
                data[i] = AllOnes;
                claimed = false;
            }
        }

        return claimed;
    }

    private bool WriteBytewise(int port, ReadOnlySpan<byte> data)
    {
        bool claimed = true;
        for (int i = 0; i < data.Length; i++)
        {
            if (Find(port + i) is { } mapping)
            {
                WriteDevice(mapping, port + i, data.Slice(i, 1));
            }
            else
            {
                claimed = false;
            }
        }

        return claimed;
    }

    private PortMapping? Find(int port) => port < PortCount ? _mappings[_slots[port]] : null;
}
