using System.Buffers.Binary;
using System.Text;

namespace Vmm.Devices.FwCfg;

/// <summary>What a fw_cfg device holds: items by number, and files by name.</summary>
public sealed class FwCfgItems
{
    private const int NameSize = 56;
    private const int EntrySize = sizeof(uint) + sizeof(ushort) + sizeof(ushort) + NameSize;
    private const uint HasDma = 1 << 1;
    private const uint HasPorts = 1 << 0;

    private readonly Dictionary<ushort, ReadOnlyMemory<byte>> _items = [];
    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _files = new(StringComparer.Ordinal);

    /// <summary>Holds what says that it is a fw_cfg.</summary>
    public FwCfgItems()
    {
        Set(FwCfgKey.Signature, "QEMU"u8.ToArray());
        Set(FwCfgKey.Id, HasPorts | HasDma);
    }

    /// <summary>Sets an item.</summary>
    public void Set(FwCfgKey key, ReadOnlyMemory<byte> data) => _items[(ushort)key] = data;

    /// <summary>Sets an item that is a number.</summary>
    public void Set(FwCfgKey key, uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Set(key, bytes);
    }

    /// <summary>Adds a file.</summary>
    /// <param name="name">At most 55 ASCII characters.</param>
    /// <param name="data">What it holds.</param>
    public void AddFile(string name, ReadOnlyMemory<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(name.Length, NameSize, nameof(name));
        _files[name] = data;
    }

    /// <summary>All of it by selector, the directory of files included.</summary>
    internal IReadOnlyDictionary<ushort, ReadOnlyMemory<byte>> ToTable()
    {
        Dictionary<ushort, ReadOnlyMemory<byte>> table = new(_items);
        byte[] directory = new byte[sizeof(uint) + (_files.Count * EntrySize)];
        BinaryPrimitives.WriteUInt32BigEndian(directory, (uint)_files.Count);
        ushort selector = (ushort)FwCfgKey.FirstFile;
        Span<byte> entries = directory.AsSpan(sizeof(uint));
        foreach ((string name, ReadOnlyMemory<byte> data) in _files)
        {
            BinaryPrimitives.WriteUInt32BigEndian(entries, (uint)data.Length);
            BinaryPrimitives.WriteUInt16BigEndian(entries[sizeof(uint)..], selector);
            Encoding.ASCII.GetBytes(name, entries[(EntrySize - NameSize)..]);
            entries = entries[EntrySize..];
            table[selector++] = data;
        }

        table[(ushort)FwCfgKey.FileDirectory] = directory;
        return table;
    }
}
