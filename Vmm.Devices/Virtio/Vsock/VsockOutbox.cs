namespace Vmm.Devices.Virtio.Vsock;

/// <summary>
/// What the guest has yet to hear: resets of what is no connection, and the connections that have something to say, which take turns. The former are
/// bounded, for the guest's packets are not taken while there are many; the latter are in a list by themselves.
/// </summary>
/// <param name="connections">The most connections, each of which may end by a reset.</param>
internal sealed class VsockOutbox(int connections)
{
    private const int MostReplies = 256;

    private readonly Queue<VsockReset> _resets = new(MostReplies + connections + 1);
    private VsockConnection? _first;
    private VsockConnection? _last;

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => _resets.Count == 0 && _first is null;

    /// <summary>Whether the guest must listen before it may say more.</summary>
    public bool IsFull => _resets.Count >= MostReplies;

    /// <summary>Adds a reset.</summary>
    public void Add(VsockReset reset) => _resets.Enqueue(reset);

    /// <summary>Takes a reset.</summary>
    public bool TryTake(out VsockReset reset) => _resets.TryDequeue(out reset);

    /// <summary>Adds a connection, if it is not among them already.</summary>
    public void Add(VsockConnection connection)
    {
        if (connection.IsQueued)
        {
            return;
        }

        connection.IsQueued = true;
        (connection.Previous, connection.Next) = (_last, null);
        if (_last is null)
        {
            _first = connection;
        }
        else
        {
            _last.Next = connection;
        }

        _last = connection;
    }

    /// <summary>Removes a connection, if it is among them.</summary>
    public void Remove(VsockConnection connection)
    {
        if (!connection.IsQueued)
        {
            return;
        }

        (VsockConnection? previous, VsockConnection? next) = (connection.Previous, connection.Next);
        _first = previous is null ? next : _first;
        _last = next is null ? previous : _last;
        previous?.Next = next;
        next?.Previous = previous;
        (connection.Previous, connection.Next, connection.IsQueued) = (null, null, false);
    }

    /// <summary>Takes the connection whose turn it is.</summary>
    /// <returns>Null when there is none.</returns>
    public VsockConnection? Take()
    {
        VsockConnection? connection = _first;
        if (connection is not null)
        {
            Remove(connection);
        }

        return connection;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _resets.Clear();
        while (Take() is not null)
        {
        }
    }
}
