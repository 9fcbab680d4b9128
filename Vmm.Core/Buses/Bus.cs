using System.Buffers.Binary;
using System.Numerics;

namespace Vmm.Core.Buses;

/// <summary>One address space of a machine: finds the device of an address and passes the access on. Thread-safe, allocates nothing.</summary>
/// <remarks>
/// What no device claims reads all-ones, and writes to it are ignored. An access of a length that the bus does not have, or that leaves the range
/// it starts in, is carried out byte by byte. A device that throws answers all-ones.
/// </remarks>
public abstract class Bus
{
    private const byte AllOnes = 0xFF;

    private readonly string _space;
    private readonly int _longest;
    private readonly BusFaults _faults;
    private long _unclaimedReads;
    private long _unclaimedWrites;

    /// <summary>Makes a bus.</summary>
    /// <param name="space">What its addresses are called in messages.</param>
    /// <param name="longest">The longest access in bytes; all powers of two up to it are accesses.</param>
    /// <param name="faults">Where devices that throw are reported.</param>
    private protected Bus(string space, int longest, BusFaults faults) => (_space, _longest, _faults) = (space, longest, faults);

    /// <summary>Reads of which no device answered some byte.</summary>
    public long UnclaimedReads => Volatile.Read(ref _unclaimedReads);

    /// <summary>Writes of which no device took some byte.</summary>
    public long UnclaimedWrites => Volatile.Read(ref _unclaimedWrites);

    /// <summary>Whether a device claims the address.</summary>
    public bool Claims(ulong address) => Find(address) is not null;

    /// <summary>The guest reads.</summary>
    /// <param name="address">First address; of memory without the shared bit.</param>
    /// <param name="data">Bytes to fill, little-endian.</param>
    /// <returns>False when no device claims some byte; that byte is 0xFF.</returns>
    public bool Read(ulong address, Span<byte> data)
    {
        BusMapping? mapping = Find(address);
        bool claimed = mapping is not null && Fits(mapping, address, data.Length)
            ? ReadDevice(mapping, address, data)
            : ReadBytewise(address, data);
        if (!claimed)
        {
            Interlocked.Increment(ref _unclaimedReads);
        }

        return claimed;
    }

    /// <summary>The guest writes.</summary>
    /// <param name="address">First address; of memory without the shared bit.</param>
    /// <param name="data">Bytes to write, little-endian.</param>
    /// <returns>False when no device claims some byte; that byte is ignored.</returns>
    public bool Write(ulong address, ReadOnlySpan<byte> data)
    {
        BusMapping? mapping = Find(address);
        bool claimed = mapping is not null && Fits(mapping, address, data.Length)
            ? WriteDevice(mapping, address, data)
            : WriteBytewise(address, data);
        if (!claimed)
        {
            Interlocked.Increment(ref _unclaimedWrites);
        }

        return claimed;
    }

    /// <summary>The guest reads; the form in which TDVMCALLs ask.</summary>
    /// <param name="address">First address; of memory without the shared bit.</param>
    /// <param name="size">A length that the bus has; the caller has checked it.</param>
    /// <returns>The value, zero-extended.</returns>
    public ulong Read(ulong address, int size)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        Read(address, data[..size]);
        return BinaryPrimitives.ReadUInt64LittleEndian(data);
    }

    /// <summary>The guest writes; the form in which TDVMCALLs ask.</summary>
    /// <param name="address">First address; of memory without the shared bit.</param>
    /// <param name="size">A length that the bus has; the caller has checked it.</param>
    /// <param name="value">The value; bits above <paramref name="size"/> bytes are ignored.</param>
    public void Write(ulong address, int size, ulong value)
    {
        Span<byte> data = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(data, value);
        Write(address, data[..size]);
    }

    /// <summary>The range that an address lies in, or null.</summary>
    private protected abstract BusMapping? Find(ulong address);

    private bool Fits(BusMapping mapping, ulong address, int length) =>
        BitOperations.IsPow2(length) && length <= _longest && mapping.Contains(address, length);

    private bool ReadDevice(BusMapping mapping, ulong address, Span<byte> data)
    {
        try
        {
            lock (mapping.Gate)
            {
                mapping.Attached.CountRead();
                data.Clear();
                mapping.Read(address - mapping.First, data);
            }
        }
        catch (Exception exception)
        {
            data.Fill(AllOnes);
            _faults.Report(mapping.Attached, "read", _space, address, data.Length, exception);
        }

        return true;
    }

    private bool WriteDevice(BusMapping mapping, ulong address, ReadOnlySpan<byte> data)
    {
        try
        {
            lock (mapping.Gate)
            {
                mapping.Attached.CountWrite();
                mapping.Write(address - mapping.First, data);
            }
        }
        catch (Exception exception)
        {
            _faults.Report(mapping.Attached, "write", _space, address, data.Length, exception);
        }

        return true;
    }

    private bool ReadBytewise(ulong address, Span<byte> data)
    {
        bool claimed = true;
        for (int i = 0; i < data.Length; i++)
        {
            if (Find(address + (ulong)i) is { } mapping)
            {
                ReadDevice(mapping, address + (ulong)i, data.Slice(i, 1));
            }
            else
            {
                data[i] = AllOnes;
                claimed = false;
            }
        }

        return claimed;
    }

    private bool WriteBytewise(ulong address, ReadOnlySpan<byte> data)
    {
        bool claimed = true;
        for (int i = 0; i < data.Length; i++)
        {
            if (Find(address + (ulong)i) is { } mapping)
            {
                WriteDevice(mapping, address + (ulong)i, data.Slice(i, 1));
            }
            else
            {
                claimed = false;
            }
        }

        return claimed;
    }
}
