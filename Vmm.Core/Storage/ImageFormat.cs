namespace Vmm.Core.Storage;

/// <summary>
/// Recognises image formats that wrap a disk's bytes in something else. They are never read as such: whether an image is one is said by its user and never
/// guessed from bytes that a guest may have written. But a disk that looks like one is most likely a mistake.
/// </summary>
public static class ImageFormat
{
    /// <summary>Bytes from the start of an image that are enough to tell.</summary>
    public const int HeadSize = 512;

    private const int VdiSignatureOffset = 0x40;

    /// <summary>Names the format that the first bytes of an image look like.</summary>
    /// <param name="head">The first <see cref="HeadSize"/> bytes, or all of a shorter image.</param>
    /// <returns>Its name, or null for a raw disk.</returns>
    public static string? Recognise(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[(byte)'Q', (byte)'F', (byte)'I', 0xFB]) ? "qcow2"
        : head.StartsWith("QED\0"u8) ? "qed"
        : head.StartsWith("vhdxfile"u8) ? "vhdx"
        : head.StartsWith("conectix"u8) ? "vhd"
        : head.StartsWith("KDMV"u8) || head.StartsWith("# Disk DescriptorFile"u8) ? "vmdk"
        : head.Length >= VdiSignatureOffset + sizeof(uint) && head[VdiSignatureOffset..].StartsWith((ReadOnlySpan<byte>)[0x7F, 0x10, 0xDA, 0xBE]) ? "vdi"
        : null;
}
