namespace Vmm.TdxModel.Kernel;

/// <summary>What a file descriptor of the model stands for.</summary>
internal abstract class ModelFile
{
    /// <summary>ioctl(2).</summary>
    /// <returns>A result, or a negated error number.</returns>
    internal virtual int Ioctl(uint request, ulong argument) => -Uapi.Errno.ENOTTY;
}
