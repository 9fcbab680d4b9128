namespace Vmm.Core.Boot.Images;

/// <summary>An image in memory: one that was decompressed, or made by a test.</summary>
/// <param name="name">What messages call it.</param>
/// <param name="bytes">The image.</param>
public sealed class MemoryImageSource(string name, ReadOnlyMemory<byte> bytes) : ImageSource(name, bytes.Length)
{
    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    /// <inheritdoc/>
    protected override void ReadCore(long offset, Span<byte> destination) => bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
}
