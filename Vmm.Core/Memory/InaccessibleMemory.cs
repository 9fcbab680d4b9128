using Vmm.Core.Interop;

namespace Vmm.Core.Memory;

/// <summary>Host addresses that nobody may touch, to put behind guest-physical addresses that must fault. Uses no memory.</summary>
public sealed unsafe class InaccessibleMemory : IDisposable
{
    private readonly ulong _size;
    private byte* _address;

    /// <summary>Reserves addresses.</summary>
    /// <param name="size">Size in bytes; page-aligned.</param>
    public InaccessibleMemory(ulong size)
    {
        _size = size;
        _address = Libc.MapAnonymous(size, Libc.ProtNone);
    }

    /// <summary>First address.</summary>
    public nint Address => (nint)_address;

    /// <inheritdoc/>
    public void Dispose()
    {
        Libc.Unmap(_address, _size);
        _address = null;
    }
}
