using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Tests.Control.Serving;

/// <summary>A console over the API, for tests.</summary>
internal sealed class TestConsole(AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> call) : IDisposable
{
    private readonly StringBuilder _text = new();

    internal string Text => _text.ToString();

    internal ulong Missed { get; private set; }

    internal Task TypeAsync(string text) => call.RequestStream.WriteAsync(new ConsoleInput { Data = ByteString.CopyFromUtf8(text) });

    /// <summary>Reads until a text has come, and takes all up to its end.</summary>
    internal async Task<string> ReadToAsync(string end)
    {
        int at;
        while ((at = Text.IndexOf(end, StringComparison.Ordinal)) < 0)
        {
            Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken), $"the console ended; it said: {Text}");
            _text.Append(call.ResponseStream.Current.Data.ToStringUtf8());
            Missed += call.ResponseStream.Current.Missed;
        }

        string taken = Text[..(at + end.Length)];
        _text.Remove(0, taken.Length);
        return taken;
    }

    /// <summary>Reads to the end of the call.</summary>
    internal async Task<string> ReadToEndAsync()
    {
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            _text.Append(call.ResponseStream.Current.Data.ToStringUtf8());
        }

        return Text;
    }

    public void Dispose() => call.Dispose();
}
