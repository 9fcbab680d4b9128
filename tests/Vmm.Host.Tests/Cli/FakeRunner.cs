using Vmm.Host.Running;

namespace Vmm.Host.Tests.Cli;

/// <summary>Remembers what it was asked to run.</summary>
internal sealed class FakeRunner(int exitCode = 0, Exception? failure = null) : IMachineRunner
{
    public RunRequest? Request { get; private set; }

    public int Run(RunRequest request)
    {
        Request = request;
        return failure is null ? exitCode : throw failure;
    }
}
