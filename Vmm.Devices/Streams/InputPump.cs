using System.IO.Pipelines;

namespace Vmm.Devices.Streams;

/// <summary>
/// Carries host input to a device, never more than the device has room for: the rest stays in the pipe, which holds back whoever
/// writes to it.
/// </summary>
public sealed class InputPump : IAsyncDisposable
{
    private readonly Lock _gate;
    private readonly PipeReader _reader;
    private readonly Func<ReadOnlySpan<byte>, int> _deliver;
    private readonly WakeSignal _room = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;
    private bool _waiting;

    /// <summary>Starts the pump.</summary>
    /// <param name="gate">The gate of the device.</param>
    /// <param name="reader">Where the input comes from; the pump completes it at its end.</param>
    /// <param name="deliver">Called with the gate held; takes as many bytes as there is room for and returns how many.</param>
    public InputPump(Lock gate, PipeReader reader, Func<ReadOnlySpan<byte>, int> deliver)
    {
        _gate = gate;
        _reader = reader;
        _deliver = deliver;
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>The device has room again. Call it with the gate held.</summary>
    public void RoomMade()
    {
        if (_waiting)
        {
            _waiting = false;
            _room.Set();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _room.Set();
        await _pump.ConfigureAwait(false);
    }

    private async Task PumpAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested && await DeliverAsync().ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
        catch (IOException)
        {
            // the host's end broke: a serial line gone silent
        }

        await _reader.CompleteAsync().ConfigureAwait(false);
    }

    /// <returns>False at the end of the input.</returns>
    private async ValueTask<bool> DeliverAsync()
    {
        ReadResult result = await _reader.ReadAsync(_stop.Token).ConfigureAwait(false);
        bool full;
        lock (_gate)
        {
            ReadOnlySpan<byte> first = result.Buffer.FirstSpan; // the other segments come with the next read
            int taken = first.IsEmpty ? 0 : _deliver(first);
            _reader.AdvanceTo(result.Buffer.GetPosition(taken));
            full = taken < first.Length;
            _waiting = full;
        }

        if (full)
        {
            await _room.WaitAsync().ConfigureAwait(false);
        }

        return !(result.IsCompleted && result.Buffer.IsEmpty);
    }
}
