namespace Vmm.Host.Configuration;

/// <summary>How a bzImage gets into memory.</summary>
public enum BootMethod
{
    /// <summary>The VMM unpacks the kernel and enters it directly.</summary>
    Unpack,

    /// <summary>The kernel's own decompressor runs in the guest, with address randomisation.</summary>
    Decompressor,
}
