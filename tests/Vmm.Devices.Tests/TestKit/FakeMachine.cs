using Vmm.Core.Machine;

namespace Vmm.Devices.Tests.TestKit;

/// <summary>Remembers what devices asked of the machine.</summary>
internal sealed class FakeMachine : IMachineControl
{
    private const int Kept = 16;

    public List<string> Requests { get; } = [];

    public void RequestReset(string source) => Add("reset", source);

    public void RequestPowerOff(string source) => Add("power off", source);

    public void RequestExit(int code, string source)
    {
        if (Requests.Count < Kept)
        {
            Requests.Add($"exit {code}: {source}");
        }
    }

    private void Add(string request, string source)
    {
        if (Requests.Count < Kept)
        {
            Requests.Add($"{request}: {source}");
        }
    }
}
