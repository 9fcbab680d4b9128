using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Host.Terminal;

/// <summary>
/// The libc calls under the console. System.Console would do for pipes; it knows no raw mode, swallows a closed output and costs time to load.
/// Numbers are those of linux/x86-64.
/// </summary>
internal static partial class TerminalCalls
{
    internal const int StandardInput = 0;
    internal const int StandardOutput = 1;
    internal const int StandardError = 2;

    private static readonly TimeSpan NotReady = TimeSpan.FromMilliseconds(5);

    /// <summary>Nobody reads a pipe or a socket any more.</summary>
    internal const int EPIPE = 32;

    private const int EINTR = 4;
    private const int EAGAIN = 11;
    private const string Library = "libc";
    private const nuint GetWindow = 0x5413; // TIOCGWINSZ
    private const short PollError = 8; // POLLERR
    private const int ApplyNow = 0; // TCSANOW
    private const uint OutputProcessing = 1; // OPOST

    /// <summary>Reads some bytes.</summary>
    /// <returns>The number of bytes, 0 at the end, or a negated error number.</returns>
    internal static int Read(int descriptor, Span<byte> buffer) => Result(read(descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length));

    /// <summary>The settings of a terminal that this process may use now, or null: no terminal, or one that belongs to another job.</summary>
    internal static Termios? GetForegroundTerminal(int descriptor) =>
        tcgetattr(descriptor, out Termios settings) == 0 && tcgetpgrp(descriptor) == getpgrp() ? settings : null;

    /// <summary>Reads some bytes of standard input, however it is shared.</summary>
    /// <returns>The number of bytes, or 0 at the end.</returns>
    internal static int ReadWhenReady(Span<byte> buffer)
    {
        while (true)
        {
            int count = Read(StandardInput, buffer);
            switch (count)
            {
                case -EAGAIN:
                    Thread.Sleep(NotReady); // someone who shares the descriptor made it non-blocking
                    break;
                case -EINTR:
                    break;
                default:
                    return Math.Max(count, 0);
            }
        }
    }

    /// <summary>Writes all of it, however the descriptor is shared.</summary>
    /// <returns>0, or the error number of what keeps the rest from being written.</returns>
    internal static int WriteAll(int descriptor, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int written = Result(write(descriptor, ref MemoryMarshal.GetReference(data), data.Length));
            switch (written)
            {
                case >= 0:
                    data = data[written..];
                    break;
                case -EAGAIN:
                    Thread.Sleep(NotReady); // someone who shares the descriptor made it non-blocking
                    break;
                case -EINTR:
                    break;
                default:
                    return -written;
            }
        }

        return 0;
    }

    /// <summary>Whether nobody reads a pipe or a socket any more, so that writing to it is in vain.</summary>
    internal static bool IsClosed(int descriptor)
    {
        PollRequest request = new() { Descriptor = descriptor };
        return poll(ref request, 1, 0) > 0 && (request.Happened & PollError) != 0;
    }

    /// <summary>Columns and rows of a terminal, or null where it is none.</summary>
    internal static (uint Columns, uint Rows)? GetWindowSize(int descriptor) =>
        ioctl(descriptor, GetWindow, out WindowSize size) == 0 ? (size.Columns, size.Rows) : null;

    internal static void SetTerminal(int descriptor, Termios settings) => _ = tcsetattr(descriptor, ApplyNow, ref settings);

    /// <summary>The same settings with every key passed on as it is. Output keeps its line ends: messages of ours end in plain ones.</summary>
    internal static Termios MakeRaw(Termios settings)
    {
        uint output = settings.OutputFlags;
        cfmakeraw(ref settings);
        settings.OutputFlags = output | OutputProcessing;
        return settings;
    }

    /// <summary>Makes descriptors of this process lead to a file.</summary>
    internal static void Redirect(SafeHandle file, params ReadOnlySpan<int> descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            _ = dup2((int)file.DangerousGetHandle(), descriptor);
        }
    }

    private static int Result(nint result) => result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint read(int descriptor, ref byte buffer, nint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint write(int descriptor, ref byte buffer, nint length);

    [LibraryImport(Library)]
    private static partial int dup2(int from, int to);

    [LibraryImport(Library)]
    private static partial int tcgetattr(int descriptor, out Termios settings);

    [LibraryImport(Library)]
    private static partial int tcsetattr(int descriptor, int when, ref Termios settings);

    [LibraryImport(Library)]
    private static partial void cfmakeraw(ref Termios settings);

    [LibraryImport(Library)]
    private static partial int tcgetpgrp(int descriptor);

    [LibraryImport(Library)]
    private static partial int getpgrp();

    [LibraryImport(Library)]
    private static partial int ioctl(int descriptor, nuint request, out WindowSize size);

    [LibraryImport(Library)]
    private static partial int poll(ref PollRequest requests, nuint count, int milliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelWidth;
        public ushort PixelHeight;
    }

    /// <summary>struct termios of glibc and musl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Termios
    {
        public uint InputFlags;
        public uint OutputFlags;
        public uint ControlFlags;
        public uint LocalFlags;
        public byte LineDiscipline;
        public ControlCharacters Characters;
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    /// <summary>c_cc.</summary>
    [InlineArray(Length)]
    internal struct ControlCharacters
    {
        private const int Length = 32;
        private byte _first;
    }
}
