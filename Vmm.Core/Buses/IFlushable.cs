namespace Vmm.Core.Buses;

/// <summary>A device that holds back guest output for a moment. The machine flushes it when the guest is gone and before it is disposed.</summary>
public interface IFlushable
{
    /// <summary>Hands everything the guest has written to the host, and waits until the host has taken it.</summary>
    /// <param name="cancellationToken">Ends the waiting; output that was not taken by then is kept.</param>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
