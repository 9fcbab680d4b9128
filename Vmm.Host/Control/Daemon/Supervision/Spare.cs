using System.Net.Sockets;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>A process that waits for work.</summary>
/// <param name="socket">The other end of its standard input.</param>
/// <param name="process">The process.</param>
internal sealed class Spare(Socket socket, SupervisedProcess process) : IDisposable
{
    /// <summary>The process.</summary>
    public SupervisedProcess Process { get; } = process;

    /// <summary>Whether it has said that it is warm.</summary>
    public bool IsReady => socket.Available > 0 && !Process.Ended.IsCompleted;

    /// <summary>Hands over work; this end of the socket is not needed after that.</summary>
    /// <returns>False if the process is gone.</returns>
    public bool TryGive(ReadOnlySpan<byte> work)
    {
        using (this)
        {
            try
            {
                while (!work.IsEmpty)
                {
                    work = work[socket.Send(work)..];
                }

                socket.Shutdown(SocketShutdown.Send);
                return !Process.Ended.IsCompleted;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    public void Dispose() => socket.Dispose();
}
