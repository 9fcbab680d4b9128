using System.Runtime.InteropServices;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>
/// The libc calls under supervision. System.Diagnostics.Process would do for children that end with their parent; it knows neither sessions nor
/// processes of another parent. Numbers are those of linux/x86-64.
/// </summary>
internal static partial class ProcessCalls
{
    internal const int SIGKILL = 9;
    internal const int SIGTERM = 15;

    internal const int EINTR = 4;

    internal const int WEXITED = 4;
    internal const int P_PIDFD = 3;
    internal const int CLD_EXITED = 1;

    internal const short POLLIN = 1;

    internal const int POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const int POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const int POSIX_SPAWN_SETSID = 0x80;

    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_CREAT = 0x40;
    internal const int O_APPEND = 0x400;

    private const string Library = "libc";
    private const nint PidFdOpen = 434; // SYS_pidfd_open
    private const nint PidFdSendSignal = 424; // SYS_pidfd_send_signal
    private const nint CloseRange = 436; // SYS_close_range
    private const nint CloseRangeCloseOnExec = 4; // CLOSE_RANGE_CLOEXEC

    /// <summary>A descriptor that becomes readable when the process ends; -1 if there is none.</summary>
    internal static int OpenPidFd(int pid) => (int)syscall(PidFdOpen, pid, 0, 0, 0);

    /// <summary>Sends a signal to the process behind a descriptor, which cannot be another one.</summary>
    internal static bool SendSignal(int pidFd, int signal) => syscall(PidFdSendSignal, pidFd, signal, 0, 0) == 0;

    /// <summary>No descriptor from this one on goes to children. A kernel before 5.11 lets them have what this process was started with.</summary>
    internal static void KeepFromChildren(int firstDescriptor) => _ = syscall(CloseRange, firstDescriptor, int.MaxValue, CloseRangeCloseOnExec, 0);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll([In, Out] PollFd[] descriptors, nuint count, int milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitid(int idType, int id, out SignalInfo info, int options);

    [LibraryImport(Library)]
    internal static partial int close(int descriptor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int posix_spawn(out int pid, string path, ref OpaqueBuffer actions, ref OpaqueBuffer attributes, nint[] arguments, nint[] environment);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_init(ref OpaqueBuffer actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_destroy(ref OpaqueBuffer actions);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int posix_spawn_file_actions_addopen(ref OpaqueBuffer actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_adddup2(ref OpaqueBuffer actions, int descriptor, int asDescriptor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int posix_spawn_file_actions_addchdir_np(ref OpaqueBuffer actions, string path);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_init(ref OpaqueBuffer attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_destroy(ref OpaqueBuffer attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setflags(ref OpaqueBuffer attributes, short flags);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigdefault(ref OpaqueBuffer attributes, ref OpaqueBuffer signals);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigmask(ref OpaqueBuffer attributes, ref OpaqueBuffer signals);

    [LibraryImport(Library)]
    internal static partial int sigemptyset(ref OpaqueBuffer signals);

    [LibraryImport(Library)]
    internal static partial int sigaddset(ref OpaqueBuffer signals, int signal);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }

    /// <summary>siginfo_t of SIGCHLD, as waitid fills it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct SignalInfo
    {
        [FieldOffset(8)]
        public int Code;

        [FieldOffset(24)]
        public int Status;
    }

    /// <summary>Room for posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t of glibc and musl, the largest of which has 336 bytes.</summary>
    [System.Runtime.CompilerServices.InlineArray(Words)]
    internal struct OpaqueBuffer
    {
        private const int Words = 64;
        private ulong _first;
    }
}
