using System.Runtime.InteropServices;
using Vmm.Host.Consoles;

namespace Vmm.Host.Terminal;

/// <summary>Output on a descriptor of this process.</summary>
/// <param name="descriptor">1 or 2.</param>
/// <param name="warn">Prints one line for the user.</param>
public sealed class HostOutput(int descriptor, Action<string> warn) : IConsoleSink
{
    private bool _closed;

    /// <summary>Writes all of it, or finds that nobody reads any more.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (!_closed && TerminalCalls.WriteAll(descriptor, data) is not 0 and int error)
        {
            // A closed pipe above all: a machine is no filter, it goes on without an audience.
            _closed = true;
            warn($"standard output: {Marshal.GetPInvokeErrorMessage(error)}; what the guest prints from here on is lost");
        }
    }
}
