using System.Buffers;
using System.IO.Pipelines;

namespace Vmm.Devices.Streams;

/// <summary>
/// Carries guest output from a device to the host. The vCPU thread drops bytes into a ring, which costs nanoseconds and allocates
/// nothing; a task moves the ring's content to the pipe in batches.
/// </summary>
/// <remarks>
/// The first byte after a silence leaves at once, later ones within <see cref="Pause"/>, so that a guest that prints byte by byte
/// wakes the task once a batch and not once a byte. When the pipe's reader is slow the ring fills; what then does not fit is lost
/// and counted, so that memory stays bounded.
/// </remarks>
public sealed class OutputPump : IAsyncDisposable
{
    /// <summary>Time between two batches.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate;
    private readonly PipeWriter _writer;
    private readonly TimeProvider _time;
    private readonly Action? _drained;
    private readonly byte[] _ring;
    private readonly WakeSignal _wake = new();
    private readonly SemaphoreSlim _drain = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;
    private int _first;
    private int _count;
    private bool _readerGone;
    private long _lost;

    /// <summary>Starts the pump.</summary>
    /// <param name="gate">The gate of the device.</param>
    /// <param name="writer">Where the output goes; the pump completes it when disposed.</param>
    /// <param name="capacity">Bytes held while the writer is slow; a power of two.</param>
    /// <param name="time">Clock of the pause between batches.</param>
    /// <param name="drained">Called with the gate held whenever the ring has been emptied.</param>
    public OutputPump(Lock gate, PipeWriter writer, int capacity, TimeProvider time, Action? drained = null)
    {
        _gate = gate;
        _writer = writer;
        _time = time;
        _drained = drained;
        _ring = new byte[capacity];
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Bytes that fit now. Read it with the gate held.</summary>
    public int Room => _ring.Length - _count;

    /// <summary>Bytes lost, because the ring was full or the stream was closed on the host side.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Takes a byte of output. Call it with the gate held.</summary>
    public void Write(byte value)
    {
        if (Room == 0)
        {
            _lost++;
            return;
        }

        _ring[(_first + _count) & (_ring.Length - 1)] = value;
        _count++;
        _wake.Set();
    }

    /// <summary>Takes as much output as there is room for; the rest is the caller's, and not lost. Call it with the gate held.</summary>
    /// <returns>How many bytes.</returns>
    public int TryWrite(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(data.Length, Room);
        if (taken != 0)
        {
            int end = (_first + _count) & (_ring.Length - 1);
            int untilWrap = Math.Min(taken, _ring.Length - end);
            data[..untilWrap].CopyTo(_ring.AsSpan(end));
            data[untilWrap..taken].CopyTo(_ring);
            _count += taken;
            _wake.Set();
        }

        return taken;
    }

    /// <summary>Moves everything written so far to the pipe, and waits while the pipe is full.</summary>
    /// <param name="cancellationToken">Ends the waiting; nothing is lost by it.</param>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _drain.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            MoveToPipe();
            FlushResult result = await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            _readerGone |= result.IsCompleted;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _readerGone = true; // e.g. a broken pipe behind the writer: the guest goes on without its console
        }
        finally
        {
            _drain.Release();
        }
    }

    /// <summary>Stops the pump. What was written before is in the pipe, without waiting for its reader, and the pipe is completed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        await _pump.ConfigureAwait(false);
        MoveToPipe();
        await _writer.CompleteAsync().ConfigureAwait(false);
        _readerGone = true; // a guest that still writes, if there is one, loses it
    }

    private async Task PumpAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await _wake.WaitAsync().ConfigureAwait(false);
                await FlushAsync(_stop.Token).ConfigureAwait(false);
                await Task.Delay(Pause, _time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }

    private void MoveToPipe()
    {
        lock (_gate)
        {
            if (_readerGone)
            {
                _lost += _count;
            }
            else
            {
                int untilEnd = Math.Min(_count, _ring.Length - _first);
                _writer.Write(_ring.AsSpan(_first, untilEnd));
                _writer.Write(_ring.AsSpan(0, _count - untilEnd));
            }

            _first = 0;
            _count = 0;
            _drained?.Invoke();
        }
    }
}
