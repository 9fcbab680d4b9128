using System.Text;
using Vmm.Host.Errors;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tracing;
using Vmm.Tdx.Tracing.Formatting;

namespace Vmm.Host.Running;

/// <summary>What <c>--trace</c> and <c>--trace-summary</c> print, over all lives of a machine.</summary>
internal sealed class RunTrace : IDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly RunRequest _request;
    private readonly TextWriter _output;
    private readonly TdTracer _tracer;
    private readonly TraceRing _ring = new();
    private readonly TraceSummary _summary;
    private TracePrinter? _printer;

    private RunTrace(RunRequest request, TdTracer tracer)
    {
        _tracer = tracer;
        Stream stream = request.TraceFile is { } path ? OutputFile.Create(path, "trace") : Console.OpenStandardError();
        _output = new StreamWriter(stream, new UTF8Encoding(false), BufferSize);
        _request = request;
        _summary = new TraceSummary(request.Config.Cpus);
    }

    /// <summary>Prepares for what was asked for.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="tracer">Sees the TD's calls; null for a guest that makes none.</param>
    /// <returns>Null when nothing was asked for.</returns>
    /// <exception cref="UserErrorException">The file cannot be written, or there is nothing to trace.</exception>
    public static RunTrace? Create(RunRequest request, TdTracer? tracer) =>
        !IsAsked(request) ? null
        : tracer is not null ? new RunTrace(request, tracer)
        : throw new UserErrorException(ExitCode.Usage, "--trace: an ordinary guest makes no TDCALLs; leave the option out, or use --guest td");

    /// <summary>Whether anything is to be printed.</summary>
    public static bool IsAsked(RunRequest request) => request.Trace || request.TraceSummary;

    /// <summary>Begins.</summary>
    /// <param name="width">Width of the TD's addresses.</param>
    public void Start(GpaWidth width)
    {
        if (_request.Trace)
        {
            _printer = new TracePrinter(_ring, new TraceFormatter(width), _output);
            _tracer.Subscribe(_ring, _request.TraceTopics);
        }

        if (_request.TraceSummary)
        {
            _tracer.Subscribe(_summary, _request.TraceTopics);
        }
    }

    /// <summary>Prints what is left, and the table.</summary>
    /// <param name="say">Prints one line for the user.</param>
    public void Finish(Action<string> say)
    {
        try
        {
            _printer?.Dispose();
            _output.Write(_request.TraceSummary ? _summary.ToString() : "");
            _output.Flush();
        }
        catch (IOException e)
        {
            say($"the trace could not be written: {e.Message}");
            return;
        }

        if (_printer?.Failure is { } failure)
        {
            say($"the trace ends early: {failure.Message}");
        }
    }

    public void Dispose()
    {
        _printer?.Dispose();
        try
        {
            _output.Dispose();
        }
        catch (IOException)
        {
            // Already told of.
        }
    }
}
