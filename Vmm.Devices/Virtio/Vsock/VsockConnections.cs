using System.Diagnostics.CodeAnalysis;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>All connections: by their ports, for packets of the guest, and by a number, for events of sockets. Nothing here is for several threads.</summary>
internal sealed class VsockConnections
{
    private const int GenerationShift = 32;

    private readonly Dictionary<VsockKey, VsockConnection> _byKey;
    private readonly VsockConnection?[] _slots;
    private readonly uint[] _generations;
    private readonly Stack<int> _free;

    /// <summary>Makes room for some.</summary>
    /// <param name="capacity">The most connections.</param>
    public VsockConnections(int capacity)
    {
        _byKey = new Dictionary<VsockKey, VsockConnection>(capacity);
        _slots = new VsockConnection?[capacity];
        _generations = new uint[capacity];
        _free = new Stack<int>(Enumerable.Range(0, capacity).Reverse());
    }

    /// <summary>How many there are.</summary>
    public int Count => _slots.Length - _free.Count;

    /// <summary>Whether there can be no more.</summary>
    public bool AreFull => _free.Count == 0;

    /// <summary>Those that the guest knows, or will.</summary>
    public bool TryFind(VsockKey key, [NotNullWhen(true)] out VsockConnection? connection) => _byKey.TryGetValue(key, out connection);

    /// <summary>The one that an event is about; null when it is gone.</summary>
    public VsockConnection? Find(ulong token)
    {
        int slot = (int)(uint)token;
        return slot >= 0 && slot < _slots.Length && _generations[slot] == (uint)(token >> GenerationShift) ? _slots[slot] : null;
    }

    /// <summary>What stands for a connection in events. Those of an earlier one in its place have another.</summary>
    public ulong TokenOf(VsockConnection connection) => ((ulong)_generations[connection.Slot] << GenerationShift) | (uint)connection.Slot;

    /// <summary>Adds one, which has no ports yet; there is room.</summary>
    public void Add(VsockConnection connection)
    {
        connection.Slot = _free.Pop();
        _slots[connection.Slot] = connection;
    }

    /// <summary>The guest will know it by its ports.</summary>
    public void Name(VsockConnection connection, VsockKey key)
    {
        connection.Key = key;
        _byKey.Add(key, connection);
    }

    /// <summary>The guest does not know it any more.</summary>
    public void Unname(VsockConnection connection)
    {
        if (_byKey.TryGetValue(connection.Key, out VsockConnection? named) && named == connection)
        {
            _byKey.Remove(connection.Key);
        }
    }

    /// <summary>Removes one, and closes it.</summary>
    public void Remove(VsockConnection connection)
    {
        Unname(connection);
        connection.Close();
        connection.State = VsockState.Closed;
        _slots[connection.Slot] = null;
        _generations[connection.Slot]++;
        _free.Push(connection.Slot);
    }

    /// <summary>Does something with each, or each that is in some state; it may be removed thereby.</summary>
    public void ForEach<T>(VsockState? state, T argument, Action<T, VsockConnection> action)
    {
        foreach (VsockConnection? connection in _slots)
        {
            if (connection is not null && (state is null || connection.State == state))
            {
                action(argument, connection);
            }
        }
    }
}
