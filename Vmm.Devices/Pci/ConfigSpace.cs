using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>The 256 bytes of configuration space of a function: values, and which of their bits the guest may write.</summary>
/// <remarks>Conventional configuration space only: no function has an extended capability, and what lies above reads all-ones.</remarks>
internal sealed class ConfigSpace
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 256;

    private const byte AllOnes = 0xFF;
    private const int CapabilityAlignment = 4; // PCI Local Bus 3.0, 6.7

    private readonly byte[] _values;
    private readonly byte[] _writable = new byte[Size];
    private readonly byte[] _afterReset = new byte[Size];
    private readonly List<(int Offset, PciCapability Capability)> _capabilities = [];

    /// <summary>Lays a configuration space out.</summary>
    /// <param name="header">The header after a reset.</param>
    /// <param name="writable">Its bits that the guest may write.</param>
    /// <param name="capabilities">What follows it.</param>
    /// <exception cref="ArgumentException">The capabilities do not fit.</exception>
    public ConfigSpace(Type0Header header, Type0Header writable, IReadOnlyList<PciCapability> capabilities)
    {
        int link = (int)Marshal.OffsetOf<Type0Header>(nameof(Type0Header.CapabilitiesPointer));
        int free = Unsafe.SizeOf<Type0Header>();
        header.Status |= capabilities.Count == 0 ? PciStatus.None : PciStatus.CapabilitiesList;
        MemoryMarshal.Write(_afterReset, header);
        MemoryMarshal.Write(_writable, writable);
        foreach (PciCapability capability in capabilities)
        {
            int end = free + PciCapability.HeaderSize + capability.Content.Length;
            if (end > Size)
            {
                throw new ArgumentException($"the capabilities do not fit into {Size} bytes of configuration space", nameof(capabilities));
            }

            _afterReset[link] = (byte)free;
            _afterReset[free] = (byte)capability.Id;
            link = free + 1;
            capability.Content.CopyTo(_afterReset.AsMemory(free + PciCapability.HeaderSize));
            capability.Writable.CopyTo(_writable.AsMemory(free + PciCapability.HeaderSize));
            _capabilities.Add((free + PciCapability.HeaderSize, capability));
            free = (end + CapabilityAlignment - 1) & ~(CapabilityAlignment - 1);
        }

        _values = [.. _afterReset];
    }

    /// <summary>The header as it is now.</summary>
    public ref readonly Type0Header Header => ref MemoryMarshal.AsRef<Type0Header>(_values);

    /// <summary>Returns to the values after a reset.</summary>
    public void Reset()
    {
        _afterReset.CopyTo(_values, 0);
        foreach ((_, PciCapability capability) in _capabilities)
        {
            capability.AfterWrite(capability.Content.Span, 0, capability.Content.Length);
        }
    }

    /// <summary>The guest reads.</summary>
    public void Read(int register, Span<byte> data)
    {
        foreach ((int offset, PciCapability capability) in _capabilities)
        {
            if (Touches(offset, capability, register, data.Length, out int first, out int count))
            {
                capability.BeforeRead(_values.AsSpan(offset, capability.Content.Length), first, count);
            }
        }

        data.Fill(AllOnes);
        int known = Math.Clamp(Size - register, 0, data.Length);
        _values.AsSpan(Math.Min(register, Size), known).CopyTo(data);
    }

    /// <summary>The guest writes.</summary>
    public void Write(int register, ReadOnlySpan<byte> data)
    {
        int known = Math.Clamp(Size - register, 0, data.Length);
        for (int i = 0; i < known; i++)
        {
            byte writable = _writable[register + i];
            _values[register + i] = (byte)((_values[register + i] & ~writable) | (data[i] & writable));
        }

        foreach ((int offset, PciCapability capability) in _capabilities)
        {
            if (Touches(offset, capability, register, known, out int first, out int count))
            {
                capability.AfterWrite(_values.AsSpan(offset, capability.Content.Length), first, count);
            }
        }
    }

    private static bool Touches(int offset, PciCapability capability, int register, int length, out int first, out int count)
    {
        first = Math.Max(register - offset, 0);
        count = Math.Min(register + length - offset, capability.Content.Length) - first;
        return count > 0;
    }
}
