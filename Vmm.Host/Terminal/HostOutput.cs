using System.Runtime.InteropServices;
using Vmm.Host.Consoles;

namespace Vmm.Host.Terminal;

/// <summary>Output on a descriptor of this process.</summary>
/// <param name="descriptor">1 or 2.</param>
/// <param name="warn">Prints one line for the user.</param>
public sealed class HostOutput(int descriptor, Action<string> warn) : IConsoleSink
{
    private static readonly TimeSpan NotReady = TimeSpan.FromMilliseconds(5);

    private bool _closed;

    /// <summary>Writes all of it, or finds that nobody reads any more.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && !_closed)
        {
            int written = TerminalCalls.Write(descriptor, data);
            switch (written)
            {
                case >= 0:
                    data = data[written..];
                    break;
                case -TerminalCalls.EINTR:
                    break;
                case -TerminalCalls.EAGAIN:
                    Thread.Sleep(NotReady); // someone who shares the descriptor made it non-blocking
                    break;
                default:
                    // A closed pipe above all: a machine is no filter, it goes on without an audience.
                    _closed = true;
                    warn($"standard output: {Marshal.GetPInvokeErrorMessage(-written)}; what the guest prints from here on is lost");
                    break;
            }
        }
    }
}
