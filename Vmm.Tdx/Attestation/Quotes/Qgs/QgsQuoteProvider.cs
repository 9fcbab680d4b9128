using System.Buffers.Binary;
using System.Net.Sockets;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Attestation.Quotes.Qgs;

/// <summary>Quotes from a quote generation service: Intel's, on a TDX host, or one that speaks its protocol.</summary>
/// <remarks>
/// A service answers one request a connection. It may be restarting: who cannot be reached, or hangs up before it has answered, is asked again until the time is
/// over. Whoever answers has answered: nonsense and refusals are final.
/// </remarks>
/// <param name="endpoint">Where it listens.</param>
/// <param name="timeout">How long a quote may take.</param>
/// <param name="time">The clock.</param>
public sealed class QgsQuoteProvider(QgsEndpoint endpoint, TimeSpan timeout, TimeProvider time) : IQuoteProvider
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public bool IsAvailable => true;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetQuoteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        var request = QuoteInput.Parse(input);
        using CancellationTokenSource late = new(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            // Not on the vCPU's time, not even the connecting.
            return request.Answer(await Task.Run(() => AskAsync(request.Report, either.Token), either.Token));
        }
        catch (QgsException e)
        {
            throw new QgsException($"the quote generation service at {endpoint} {e.Message}", e.InnerException);
        }
    }

    private async Task<byte[]> AskAsync(ReadOnlyMemory<byte> report, CancellationToken cancellation)
    {
        TimeSpan pause = FirstPause;
        Exception? last = null;
        while (true)
        {
            try
            {
                return await ExchangeAsync(report, cancellation);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                last = e;
            }
            catch (OperationCanceledException)
            {
                throw TooLate(last);
            }

            try
            {
                await Task.Delay(pause, time, cancellation);
            }
            catch (OperationCanceledException)
            {
                throw TooLate(last);
            }

            pause = pause < LongestPause ? 2 * pause : LongestPause;
        }
    }

    private QgsException TooLate(Exception? last) => new(
        last is null ? $"gave no answer within {timeout.TotalSeconds:0.#} s" : $"gave no quote within {timeout.TotalSeconds:0.#} s: {Explain(last)}", last);

    private static string Explain(Exception error) => error switch
    {
        EndOfStreamException => "it hung up before it had answered; see its log",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused; start it, or correct \"endpoint\"",
        SocketException { SocketErrorCode: SocketError.AddressFamilyNotSupported } => "this kernel has no vsock; load the module vhost_vsock or vsock_loopback",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied; let this user use its socket",
        _ => $"{error.Message}; is it running, and is \"endpoint\" right?",
    };

    private async Task<byte[]> ExchangeAsync(ReadOnlyMemory<byte> report, CancellationToken cancellation)
    {
        using Socket socket = await endpoint.ConnectAsync(cancellation);
        await using NetworkStream stream = new(socket, ownsSocket: false);
        await stream.WriteAsync(QgsMessages.Request(report.Span), cancellation);
        byte[] length = new byte[QgsMessages.LengthSize];
        await stream.ReadExactlyAsync(length, cancellation);
        uint size = BinaryPrimitives.ReadUInt32BigEndian(length);
        if (size > QgsMessages.MaxSize)
        {
            throw QgsMessages.Nonsense($"{size} bytes, more than the {QgsMessages.MaxSize} of the largest quote");
        }

        byte[] message = new byte[size];
        await stream.ReadExactlyAsync(message, cancellation);
        return QgsMessages.ReadResponse(message);
    }
}
