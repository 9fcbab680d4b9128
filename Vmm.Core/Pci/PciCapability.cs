namespace Vmm.Core.Pci;

/// <summary>One capability in a function's configuration space (PCI Local Bus 3.0, 6.7): fixed bytes, bytes the guest may write, or live ones.</summary>
public class PciCapability
{
    /// <summary>Bytes before the content: identifier and pointer to the next capability.</summary>
    public const int HeaderSize = 2;

    /// <summary>Declares one.</summary>
    /// <param name="id">Its kind.</param>
    /// <param name="content">What follows identifier and pointer, as it is after a reset.</param>
    /// <param name="writable">The bits that the guest may write, of the content's length; empty when none.</param>
    /// <exception cref="ArgumentException">The two are of different lengths.</exception>
    public PciCapability(PciCapabilityId id, ReadOnlySpan<byte> content, ReadOnlySpan<byte> writable = default)
    {
        if (!writable.IsEmpty && writable.Length != content.Length)
        {
            throw new ArgumentException($"a content of {content.Length} bytes cannot have {writable.Length} bytes of writable bits", nameof(writable));
        }

        Id = id;
        Content = content.ToArray();
        Writable = writable.IsEmpty ? new byte[content.Length] : writable.ToArray();
    }

    /// <summary>Its kind.</summary>
    public PciCapabilityId Id { get; }

    /// <summary>The content after a reset.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The bits that the guest may write.</summary>
    public ReadOnlyMemory<byte> Writable { get; }

    /// <summary>The guest is about to read; the function's gate is held.</summary>
    /// <param name="content">The content, to be brought up to date.</param>
    /// <param name="first">First byte of the content that is read.</param>
    /// <param name="count">Number of bytes.</param>
    public virtual void BeforeRead(Span<byte> content, int first, int count)
    {
    }

    /// <summary>The guest has written, or the function was reset; the function's gate is held.</summary>
    /// <param name="content">The content as it is now.</param>
    /// <param name="first">First byte of the content that was written.</param>
    /// <param name="count">Number of bytes.</param>
    public virtual void AfterWrite(ReadOnlySpan<byte> content, int first, int count)
    {
    }
}
