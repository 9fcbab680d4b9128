using System.Runtime.InteropServices;

namespace Vmm.Core.Interop;

/// <summary>An eventfd (eventfd(2)): a counter in the host's kernel that many raise and one waits for; KVM can be either side.</summary>
/// <remarks>Raising and waiting allocate nothing.</remarks>
internal sealed unsafe partial class EventFd : SafeHandle
{
    private const string Library = "libc";
    private const int CloseOnExec = 0x80000;

    private EventFd(int file)
        : base(-1, ownsHandle: true) => SetHandle(file);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor, for KVM.</summary>
    internal int Descriptor => (int)handle;

    /// <summary>Makes one at zero.</summary>
    /// <exception cref="IOException">The host has none left.</exception>
    internal static EventFd Create() => TryCreate() ?? throw new IOException(
        $"cannot create an eventfd: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}; raise ulimit -n");

    /// <summary>Makes one at zero, or null when the host has none left.</summary>
    internal static EventFd? TryCreate()
    {
        int file = eventfd(0, CloseOnExec);
        return file < 0 ? null : new EventFd(file);
    }

    /// <summary>Raises it. Any thread; after its end it does nothing.</summary>
    internal void Raise()
    {
        bool added = false;
        try
        {
            DangerousAddRef(ref added);
            ulong one = 1;
            _ = write(Descriptor, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Whoever raises it at the end of a machine is late, and nobody waits any more.
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>Waits until it is raised and sets it back to zero.</summary>
    internal void Wait()
    {
        ulong count;
        while (read(Descriptor, &count, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR)
        {
            // A signal that is no concern of this thread's.
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Libc.Close(Descriptor);
        return true;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library)]
    private static partial nint write(int file, void* data, nint size);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint read(int file, void* data, nint size);
}
