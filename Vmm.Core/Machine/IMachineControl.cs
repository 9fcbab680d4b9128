namespace Vmm.Core.Machine;

/// <summary>What a device may ask of the machine it sits in. Requests are carried out after the current exit; the first one wins.</summary>
public interface IMachineControl
{
    /// <summary>The guest asked for a reset (reset register, keyboard controller, triple fault by design).</summary>
    /// <param name="source">Who passes the request on, e.g. <c>ACPI reset register</c>.</param>
    void RequestReset(string source);

    /// <summary>The guest powered itself off.</summary>
    /// <param name="source">Who passes the request on.</param>
    void RequestPowerOff(string source);

    /// <summary>The guest ends the run with an exit code of its own (debug-exit port).</summary>
    /// <param name="code">0 to 255: the exit code of the process.</param>
    /// <param name="source">Who passes the request on.</param>
    void RequestExit(int code, string source);
}
