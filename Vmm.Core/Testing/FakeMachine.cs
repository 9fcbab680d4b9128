using Vmm.Core.Machine;

namespace Vmm.Core.Testing;

/// <summary>Remembers what devices asked of the machine: the first requests, so that a device that never stops asking costs nothing.</summary>
public sealed class FakeMachine : IMachineControl
{
    private const int Kept = 16;

    private readonly List<string> _requests = [];

    /// <summary>The requests in words, e.g. <c>reset: port 0x92</c>.</summary>
    public IReadOnlyList<string> Requests => _requests;

    /// <inheritdoc/>
    public void RequestReset(string source) => Add("reset", source);

    /// <inheritdoc/>
    public void RequestPowerOff(string source) => Add("power off", source);

    /// <inheritdoc/>
    public void RequestExit(int code, string source)
    {
        if (_requests.Count < Kept)
        {
            Add($"exit {code}", source);
        }
    }

    private void Add(string request, string source)
    {
        if (_requests.Count < Kept)
        {
            _requests.Add($"{request}: {source}");
        }
    }
}
