namespace Vmm.Core.Memory;

/// <summary>The host could not provide or protect guest memory.</summary>
public sealed class HostMemoryException : Exception
{
    /// <summary>Names the operation and what the host said.</summary>
    public HostMemoryException(string operation, int errno, string advice)
        : base($"{operation}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno)}; {advice}") => Errno = errno;

    /// <summary>Names the operation and what the framework said.</summary>
    public HostMemoryException(string operation, Exception cause, string advice)
        : base($"{operation}: {cause.Message.TrimEnd('.')}; {advice}", cause)
    {
    }

    /// <summary>The error number; 0 where there is none.</summary>
    public int Errno { get; }
}
