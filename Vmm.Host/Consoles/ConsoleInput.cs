using System.Buffers;
using System.IO.Pipelines;

namespace Vmm.Host.Consoles;

/// <summary>
/// What people and programs type for the guest, merged in the order in which it comes. What the guest has not read when it resets, its next life
/// reads. A guest that does not read makes writers wait, so that memory stays bounded.
/// </summary>
#pragma warning disable CA1001 // The semaphore holds nothing to be disposed of: its wait handle is never asked for.
public sealed class ConsoleInput
#pragma warning restore CA1001
{
    /// <summary>What is passed on at once.</summary>
    public const int ChunkSize = 4096;

    private readonly Pipe _pipe = new();
    private readonly SemaphoreSlim _turn = new(1);
    private Task _lastFlush = Task.CompletedTask;

    /// <summary>The device's end. Completing it leaves the input to whoever opens it next.</summary>
    public PipeReader Open() => new KeptReader(_pipe.Reader);

    /// <summary>Types, waiting while the guest does not read.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            for (; !data.IsEmpty; data = data[Math.Min(ChunkSize, data.Length)..])
            {
                // First what is there already: who gives up leaves no more than one chunk behind.
                await _lastFlush.WaitAsync(cancellation);
                Pass(data[..Math.Min(ChunkSize, data.Length)].Span);
            }

            await _lastFlush.WaitAsync(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Types, unless the guest does not read: keys of a person must not make the keyboard deaf.</summary>
    /// <returns>Whether it was passed on.</returns>
    public bool TryWrite(ReadOnlySpan<byte> data)
    {
        if (!_turn.Wait(TimeSpan.Zero))
        {
            return false;
        }

        try
        {
            if (!_lastFlush.IsCompleted)
            {
                return false;
            }

            Pass(data);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Nobody will type any more.</summary>
    public void Complete() => _pipe.Writer.Complete();

    private void Pass(ReadOnlySpan<byte> data)
    {
        _pipe.Writer.Write(data);
        _lastFlush = _pipe.Writer.FlushAsync().AsTask();
    }
}
