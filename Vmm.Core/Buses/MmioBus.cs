using System.Buffers.Binary;

namespace Vmm.Core.Buses;

/// <summary>
/// Memory-mapped I/O of a machine: finds the device of an address and passes the access on. Immutable but for what lies behind bridges,
/// thread-safe, allocates nothing.
/// </summary>
/// <remarks>
/// What no device claims reads all-ones, and writes to it are ignored. An access that is not 1, 2, 4 or 8 bytes long, or that
/// leaves the range it starts in, is carried out byte by byte. A device that throws answers all-ones.
/// </remarks>
public sealed class MmioBus
{
    private const byte AllOnes = 0xFF;

    private readonly MmioMap _map;
    private readonly IMmioBridge[] _bridges;
    private readonly BusFaults _faults;
    private long _unclaimedReads;
    private long _unclaimedWrites;

    internal MmioBus(IReadOnlyList<MmioMapping> mappings, IEnumerable<IMmioBridge> bridges, BusFaults faults)
    {
        _faults = faults;
        _map = new MmioMap(mappings);
        _bridges = [.. bridges];
    }

    /// <summary>Reads of which no device answered some byte.</summary>
    public long UnclaimedReads => Volatile.Read(ref _unclaimedReads);

    /// <summary>Writes of which no device took some byte.</summary>
    public long UnclaimedWrites => Volatile.Read(ref _unclaimedWrites);

    /// <summary>Whether a device claims the address.</summary>
    public bool Claims(ulong gpa) => Find(gpa) is not null;

    /// <summary>The guest reads.</summary>
    /// <param name="gpa">First guest-physical address, without the shared bit.</param>
    /// <param name="data">Bytes to fill, little-endian.</param>
    /// <returns>False when no device claims some byte; that byte is 0xFF.</returns>
    public bool Read(ulong gpa, Span<byte> data)
    {
        MmioMapping? mapping = Find(gpa);
        bool claimed = mapping is not null && Fits(mapping, gpa, data.Length)
            ? ReadDevice(mapping, gpa, data)
            : ReadBytewise(gpa, data);
        if (!claimed)
        {
            Interlocked.Increment(ref _unclaimedReads);
        }

        return claimed;
    }

    /// <summary>The guest writes.</summary>
    /// <param name="gpa">First guest-physical address, without the shared bit.</param>
    /// <param name="data">Bytes to write, little-endian.</param>
    /// <returns>False when no device claims some byte; that byte is ignored.</returns>
    public bool Write(ulong gpa, ReadOnlySpan<byte> data)
    {
        MmioMapping? mapping = Find(gpa);
        bool claimed = mapping is not null && Fits(mapping, gpa, data.Length)
            ? WriteDevice(mapping, gpa, data)
            : WriteBytewise(gpa, data);
        if (!claimed)
        {
            Interlocked.Increment(ref _unclaimedWrites);
        }

        return claimed;
    }

    /// <summary>The guest reads; the form in which TDVMCALL&lt;#VE.RequestMMIO&gt; asks.</summary>
    /// <param name="gpa">First guest-physical address, without the shared bit.</param>
    /// <param name="size">1, 2, 4 or 8 bytes; the caller has checked it.</param>
    /// <returns>The value, zero-extended.</returns>
    public ulong Read(ulong gpa, int size)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        Read(gpa, data[..size]);
        return BinaryPrimitives.ReadUInt64LittleEndian(data);
    }

    /// <summary>The guest writes; the form in which TDVMCALL&lt;#VE.RequestMMIO&gt; asks.</summary>
    /// <param name="gpa">First guest-physical address, without the shared bit.</param>
    /// <param name="size">1, 2, 4 or 8 bytes; the caller has checked it.</param>
    /// <param name="value">The value; bits above <paramref name="size"/> bytes are ignored.</param>
    public void Write(ulong gpa, int size, ulong value)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(data, value);
        Write(gpa, data[..size]);
    }

    private static bool Fits(MmioMapping mapping, ulong gpa, int length) =>
        length is 1 or 2 or 4 or 8 && mapping.Contains(gpa, length);

    private bool ReadDevice(MmioMapping mapping, ulong gpa, Span<byte> data)
    {
        try
        {
            lock (mapping.Gate)
            {
                mapping.Attached.CountRead();
                data.Clear();
                mapping.Handler.ReadMmio(mapping.Index, gpa - mapping.Range.First, data);
            }
        }
        catch (Exception exception)
        {
            data.Fill(AllOnes);
            _faults.Report(mapping.Attached, "read", "memory", gpa, data.Length, exception);
        }

        return true;
    }

    private bool WriteDevice(MmioMapping mapping, ulong gpa, ReadOnlySpan<byte> data)
    {
        try
        {
            lock (mapping.Gate)
            {
                mapping.Attached.CountWrite();
                mapping.Handler.WriteMmio(mapping.Index, gpa - mapping.Range.First, data);
            }
        }
        catch (Exception exception)
        {
            _faults.Report(mapping.Attached, "write", "memory", gpa, data.Length, exception);
        }

        return true;
    }

    private bool ReadBytewise(ulong gpa, Span<byte> data)
    {
        bool claimed = true;
        for (int i = 0; i < data.Length; i++)
        {
            if (Find(gpa + (ulong)i) is { } mapping)
            {
                ReadDevice(mapping, gpa + (ulong)i, data.Slice(i, 1));
            }
            else
            {
                data[i] = AllOnes;
                claimed = false;
            }
        }

        return claimed;
    }

    private bool WriteBytewise(ulong gpa, ReadOnlySpan<byte> data)
    {
        bool claimed = true;
        for (int i = 0; i < data.Length; i++)
        {
            if (Find(gpa + (ulong)i) is { } mapping)
            {
                WriteDevice(mapping, gpa + (ulong)i, data.Slice(i, 1));
            }
            else
            {
                claimed = false;
            }
        }

        return claimed;
    }

    private MmioMapping? Find(ulong gpa) => _map.Find(gpa) ?? FindBehindBridges(gpa);

    private MmioMapping? FindBehindBridges(ulong gpa)
    {
        foreach (IMmioBridge bridge in _bridges)
        {
            if (bridge.Behind.Find(gpa) is { } mapping)
            {
                return mapping;
            }
        }

        return null;
    }
}
