using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Daemon.Store;

/// <summary>
/// What was answered to calls with a request id: a call that is repeated, also at the next daemon, is answered as before, and one that is still being
/// served is waited for. Ids are kept for <see cref="Age"/>, and at most <see cref="Kept"/> of them.
/// </summary>
internal sealed partial class RequestLedger : IDisposable
{
    /// <summary>How long an id is kept at least, unless there are too many.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(30);

    /// <summary>How many ids are kept.</summary>
    public const int Kept = 20_000;

    /// <summary>The longest id.</summary>
    public const int LongestId = 128;

    private const long FileSize = 16 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LedgerEntry> _answered = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = [];
    private readonly Dictionary<string, (string Call, Task Done)> _running = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LineLog _file;

    private RequestLedger(string path, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        _file = LineLog.Open(path, FileSize, Restore, (file, count) => LogDamage(logger, file, count));
    }

    /// <summary>Opens the ledger in a file.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static RequestLedger Open(string path, TimeProvider clock, ILogger logger) => new(path, clock, logger);

    /// <summary>Serves a call once.</summary>
    /// <param name="id">The id that the client chose; empty for none.</param>
    /// <param name="request">The request.</param>
    /// <param name="parser">Reads an answer that was kept.</param>
    /// <param name="serve">Serves the call.</param>
    /// <exception cref="ControlException">The call failed, now or the first time; or the id is that of another call.</exception>
    public async Task<TResponse> OnceAsync<TResponse>(string id, IMessage request, MessageParser<TResponse> parser, Func<Task<TResponse>> serve)
        where TResponse : IMessage<TResponse>
    {
        if (id.Length == 0)
        {
            return await serve();
        }

        if (id.Length > LongestId)
        {
            throw new ControlException(ControlReason.BadArgument, $"the request id is longer than {LongestId} characters");
        }

        string call = DigestOf(request);
        while (true)
        {
            (LedgerEntry? answer, Task? running, TaskCompletionSource? mine) = Look(id, call);
            if (answer is not null)
            {
                return answer.Reason.Length == 0 ? parser.ParseFrom(answer.Response) : throw Refusal(answer);
            }

            if (running is not null)
            {
                await running;
                continue;
            }

            return await ServeAsync(id, call, serve, mine!);
        }
    }

    public void Dispose() => _file.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File}: {Count} damaged lines; repeated calls of before may be served twice")]
    private static partial void LogDamage(ILogger logger, string file, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a request id could not be kept for the next daemon: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);

    private static string DigestOf(IMessage request) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(request.Descriptor.FullName), 0, .. request.ToByteArray()]));

    private static ControlException Refusal(LedgerEntry entry) => new(System.Enum.Parse<ControlReason>(entry.Reason), entry.Message);

    private async Task<TResponse> ServeAsync<TResponse>(string id, string call, Func<Task<TResponse>> serve, TaskCompletionSource mine)
        where TResponse : IMessage<TResponse>
    {
        LedgerEntry entry = new() { Id = id, Call = call };
        try
        {
            TResponse response = await serve();
            entry.Response = response.ToByteString();
            Keep(entry);
            return response;
        }
        catch (ControlException refusal) when (IsFinal(refusal.Reason))
        {
            entry.Reason = refusal.Reason.ToString();
            entry.Message = refusal.Message;
            Keep(entry);
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(id);
            }

            mine.SetResult();
        }
    }

    // What may succeed when it is tried again did nothing: it is tried again.
    private static bool IsFinal(ControlReason reason) => reason is not (ControlReason.NoRoom or ControlReason.MachineGone or ControlReason.ShuttingDown or ControlReason.TooManyStreams);

    private (LedgerEntry? Answer, Task? Running, TaskCompletionSource? Mine) Look(string id, string call)
    {
        lock (_gate)
        {
            if (_answered.TryGetValue(id, out LedgerEntry? answer))
            {
                return answer.Call == call ? (answer, null, null) : throw Reused(id);
            }

            if (_running.TryGetValue(id, out (string Call, Task Done) running))
            {
                return running.Call == call ? (null, running.Done, null) : throw Reused(id);
            }

            TaskCompletionSource mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _running[id] = (call, mine.Task);
            return (null, null, mine);
        }
    }

    private static ControlException Reused(string id) => new(ControlReason.RequestIdReused, $"the request id \"{id}\" was used for another call");

    private void Keep(LedgerEntry entry)
    {
        entry.At = Timestamp.FromDateTimeOffset(_clock.GetUtcNow());
        lock (_gate)
        {
            Remember(entry);
            try
            {
                _file.Append(StoredText.Format(entry));
            }
            catch (IOException e)
            {
                LogFailure(_logger, e.Message);
            }
        }
    }

    private void Restore(string line)
    {
        try
        {
            LedgerEntry entry = StoredText.Parse<LedgerEntry>(line);
            if (entry.At is not null)
            {
                Remember(entry);
            }
        }
        catch (InvalidDataException)
        {
            // Of a later version, or damaged in a way that the checksum does not see.
        }
    }

    private void Remember(LedgerEntry entry)
    {
        if (_answered.TryAdd(entry.Id, entry))
        {
            _order.Enqueue(entry.Id);
        }

        DateTimeOffset oldest = _clock.GetUtcNow() - Age;
        while (_order.TryPeek(out string? first) && (_order.Count > Kept || _answered[first].At.ToDateTimeOffset() < oldest))
        {
            _answered.Remove(_order.Dequeue());
        }
    }
}
