namespace Vmm.Core.Boot;

/// <summary>A kernel, an initrd or a boot option cannot be used; the message names the thing and what to do about it.</summary>
public sealed class BootException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="error">Its kind.</param>
    /// <param name="message">One sentence that starts with the file or option at fault.</param>
    /// <param name="cause">What the host said, if it is the cause.</param>
    public BootException(BootError error, string message, Exception? cause = null)
        : base(message, cause) => Error = error;

    /// <summary>The kind of the error.</summary>
    public BootError Error { get; }
}
