using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Images;

/// <summary>A kernel that can be entered in 64-bit mode: an ELF vmlinux (or any static ELF64 program), or a Linux bzImage.</summary>
public abstract class KernelImage : IDisposable
{
    private protected KernelImage(ImageSource source) => Source = source;

    /// <summary>The image's bytes.</summary>
    public ImageSource Source { get; }

    /// <summary>Opens an image and checks its headers; nothing large is read yet.</summary>
    /// <param name="path">A file.</param>
    /// <exception cref="BootException">It is missing, unreadable or no kernel for this machine.</exception>
    public static KernelImage Open(string path) => Open(FileImageSource.Open(path));

    /// <summary>Recognises an image and checks its headers.</summary>
    /// <param name="source">Its bytes; owned by the image, and disposed when it is refused.</param>
    /// <exception cref="BootException">It is no kernel for this machine.</exception>
    public static KernelImage Open(ImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            // bzImage before PE: a kernel with an EFI stub starts with the PE magic too.
            return ElfKernel.IsElf(source) ? new ElfKernel(source)
                : BzImage.IsBzImage(source) ? new BzImage(source)
                : throw ForeignImage.Explain(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Source.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Loads the kernel into guest memory.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="layout">What of it may be used.</param>
    /// <param name="mode">Who unpacks a compressed kernel.</param>
    /// <exception cref="BootException">The image is damaged, does not fit, or cannot be loaded in this mode.</exception>
    public abstract LoadedKernel Load(GuestMemory memory, MemoryLayout layout, KernelLoadMode mode);
}
