using Grpc.Core;
using Vmm.Grpc.Tests.Protos;

namespace Vmm.Grpc.Tests;

/// <summary>A service with one method of each kind.</summary>
internal sealed class WireService : Protos.Wire.WireBase
{
    private long _cancelled;

    public override async Task<Answer> Echo(Ask request, ServerCallContext context)
    {
        if (context.RequestHeaders.GetValue("x-text") is { } text)
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-text", text }, { "x-data-bin", context.RequestHeaders.GetValueBytes("x-data-bin") ?? [] } });
            context.ResponseTrailers.Add("x-trailer-bin", [0, 1, 0xFF]);
        }

        return await AnswerAsync(request, context);
    }

    public override async Task<Answer> Sum(IAsyncStreamReader<Ask> requestStream, ServerCallContext context)
    {
        long sum = 0;
        await foreach (Ask ask in requestStream.ReadAllAsync())
        {
            sum += (await AnswerAsync(ask, context)).Number;
        }

        return new Answer { Number = sum };
    }

    public override async Task Count(Ask request, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        try
        {
            for (long i = 1; request.Number < 0 || i <= request.Number; i++)
            {
                await responseStream.WriteAsync(new Answer { Number = i, Data = request.Data });
                if (request.Number < 0)
                {
                    await Task.Delay(1, context.CancellationToken);
                }
            }

            await AnswerAsync(request, context);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
    }

    public override async Task Chat(IAsyncStreamReader<Ask> requestStream, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext())
        {
            await responseStream.WriteAsync(await AnswerAsync(requestStream.Current, context));
        }
    }

    public override Task<Answer> Cancelled(Ask request, ServerCallContext context) => Task.FromResult(new Answer { Number = Interlocked.Read(ref _cancelled) });

    private static async Task<Answer> AnswerAsync(Ask ask, ServerCallContext context)
    {
        if (ask.Hang)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        if (ask.Crash)
        {
            throw new InvalidOperationException("a secret");
        }

        return ask.Fail == 0
            ? new Answer { Number = ask.Number, Data = ask.Data, Text = ask.Text }
            : throw new RpcException(new Status((StatusCode)ask.Fail, ask.Text), new Metadata { { "reason", "asked-for" } });
    }
}
