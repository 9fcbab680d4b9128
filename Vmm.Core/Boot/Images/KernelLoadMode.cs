namespace Vmm.Core.Boot.Images;

/// <summary>Who unpacks a compressed kernel.</summary>
public enum KernelLoadMode
{
    /// <summary>The loader: it finds the vmlinux in the image and loads that; the kernel runs where it is linked (no KASLR).</summary>
    Unpack,

    /// <summary>The guest: the image's own decompressor runs, with KASLR; needs no decompression library on the host.</summary>
    Decompressor,
}
