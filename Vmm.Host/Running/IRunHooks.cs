namespace Vmm.Host.Running;

/// <summary>What happens around the lives of a machine, on the thread that sees the run through.</summary>
internal interface IRunHooks
{
    /// <summary>A life is built and about to run its first instruction.</summary>
    void Starting(MachineLife life);

    /// <summary>Its vCPUs run.</summary>
    void Started();

    /// <summary>It has ended; its parts are still there.</summary>
    void LifeEnded();

    /// <summary>Its parts are gone.</summary>
    void LifeGone();

    /// <summary>The run is over.</summary>
    void Ended();
}
