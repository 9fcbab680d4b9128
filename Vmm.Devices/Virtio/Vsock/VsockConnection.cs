using Vmm.Core.Sockets;
using Vmm.Devices.Streams;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>A connection of the guest: its socket on the host, what each side has said, and how much each may still send.</summary>
/// <param name="key">Its ports.</param>
/// <param name="state">How it begins.</param>
/// <param name="bufferSize">Bytes that are kept for a host that does not take them; a power of two.</param>
internal sealed class VsockConnection(VsockKey key, VsockState state, int bufferSize)
{
    private readonly ByteRing _kept = new(bufferSize);
    private uint _received;
    private uint _forwarded;
    private uint _forwardedTold;
    private uint _sent;
    private uint _guestBuffer;
    private uint _guestForwarded;
    private bool _sendEnded;
    private bool _receiveEnded;

    public VsockKey Key { get; set; } = key;

    public VsockState State { get; set; } = state;

    /// <summary>The socket; null while there is none yet, or no more.</summary>
    public StreamSocket? Socket { get; set; }

    /// <summary>Its place among all connections.</summary>
    public int Slot { get; set; }

    /// <summary>Whether a request, a response or a credit update is to be sent to the guest.</summary>
    public VsockOperation Saying { get; set; }

    /// <summary>Whether the socket may have something to receive.</summary>
    public bool IsReadable { get; set; }

    /// <summary>What the host will not do any more.</summary>
    public VsockShutdown HostShutdown { get; set; }

    /// <summary>What the guest was told of that.</summary>
    public VsockShutdown HostShutdownTold { get; set; }

    /// <summary>What the guest will not do any more.</summary>
    public VsockShutdown GuestShutdown { get; set; }

    /// <summary>Whether the guest was asked for credit since it last gave some.</summary>
    public bool CreditRequested { get; set; }

    /// <summary>Whether it is among those that have something for the guest.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The next one of those.</summary>
    public VsockConnection? Next { get; set; }

    /// <summary>The one before.</summary>
    public VsockConnection? Previous { get; set; }

    /// <summary>How often the host was too busy for it.</summary>
    public int Attempts { get; set; }

    /// <summary>The line by which a client says which port it wants, as far as it has come.</summary>
    public VsockGreeting Greeting;

    /// <summary>Whether the host has yet to take something.</summary>
    public bool KeepsData => _kept.Count != 0;

    /// <summary>Whether nothing flows to the host any more.</summary>
    public bool IsOverToHost => ((GuestShutdown & VsockShutdown.Send) != 0 && !KeepsData) || (HostShutdown & VsockShutdown.Receive) != 0;

    /// <summary>Whether nothing flows to the guest any more.</summary>
    public bool IsOverToGuest => (GuestShutdown & VsockShutdown.Receive) != 0 || (HostShutdown & VsockShutdown.Send) != 0;

    /// <summary>Whether the guest has something to hear; whether there is data is only known when it is received.</summary>
    public bool HasSomethingToSay =>
        Saying != VsockOperation.Invalid
        || HostShutdown != HostShutdownTold
        || (IsReadable && !IsOverToGuest && (GuestRoom != 0 || !CreditRequested));

    /// <summary>Bytes that the guest has room for (5.10.6.3); nothing where it says that it has handed on more than it got.</summary>
    public uint GuestRoom => _sent - _guestForwarded is var underWay && underWay <= _guestBuffer ? _guestBuffer - underWay : 0;

    /// <summary>Whether the guest must be told that there is room again: it may wait for it.</summary>
    public bool OwesCredit => _forwarded - _forwardedTold >= bufferSize / 2;

    /// <summary>The guest tells of its buffer.</summary>
    public void SetGuestCredit(uint buffer, uint forwarded)
    {
        (_guestBuffer, _guestForwarded) = (buffer, forwarded);
        CreditRequested &= GuestRoom == 0;
    }

    /// <summary>Bytes go to the guest.</summary>
    public void CountSent(int count) => _sent += (uint)count;

    /// <summary>Bytes come from the guest.</summary>
    /// <returns>False when they are more than it was allowed to send.</returns>
    public bool TryCountReceived(uint count)
    {
        if (_received - _forwarded + (ulong)count > (ulong)bufferSize)
        {
            return false;
        }

        _received += count;
        return true;
    }

    /// <summary>Fills in what each packet tells of the device's buffer.</summary>
    public void TellCredit(ref VsockHeader header)
    {
        (header.BufferSpace, header.ForwardCount) = ((uint)bufferSize, _forwarded);
        _forwardedTold = _forwarded;
    }

    /// <summary>Hands bytes to the host; what it does not take at once is kept.</summary>
    public void Forward(ReadOnlySpan<byte> data)
    {
        if (_kept.Count == 0)
        {
            data = data[Send(data)..];
        }

        _kept.Write(data); // there is room: the guest was not allowed to send more
    }

    /// <summary>Hands over what was kept, as far as the host takes it.</summary>
    public void ForwardKept()
    {
        while (_kept.Count != 0 && Send(_kept.Front) is > 0 and int sent)
        {
            _kept.Advance(sent);
        }
    }

    /// <summary>Passes on to the host what the guest will not do any more, once the host has taken what came before.</summary>
    public void PassShutdown()
    {
        if (IsOverToHost && !_sendEnded)
        {
            _sendEnded = true;
            Socket?.ShutdownSend();
        }

        if ((GuestShutdown & VsockShutdown.Receive) != 0 && !_receiveEnded)
        {
            _receiveEnded = true;
            Socket?.ShutdownReceive();
        }
    }

    /// <summary>Lets go of the socket and of what it has not taken.</summary>
    public void Close()
    {
        Socket?.Dispose();
        Socket = null;
        IsReadable = false;
        HostShutdown = VsockShutdown.Both;
        _forwarded += (uint)_kept.Count;
        _kept.Clear();
    }

    // Whom the host has left behind is all-consuming: the guest hears of it by a shutdown.
    private int Send(ReadOnlySpan<byte> data)
    {
        int sent = (HostShutdown & VsockShutdown.Receive) != 0 ? StreamSocket.Broken : Socket?.Send(data) ?? StreamSocket.WouldBlock;
        if (sent == StreamSocket.Broken)
        {
            HostShutdown |= VsockShutdown.Receive;
            sent = data.Length;
        }

        sent = Math.Max(sent, 0);
        _forwarded += (uint)sent;
        return sent;
    }
}
