namespace Vmm.Core.Buses;

/// <summary>A device behind which other devices answer, at addresses that the guest may change: the host bridge of PCI.</summary>
public interface IMmioBridge
{
    /// <summary>The addresses that the devices behind the bridge may have; nothing else may lie there.</summary>
    IReadOnlyList<MmioRange> MmioWindows { get; }

    /// <summary>The devices behind the bridge, where they are now. Read once an access, on any thread, without a lock.</summary>
    MmioMap Behind { get; }

    /// <summary>Is told the devices of the machine with their counters, once, before the first access.</summary>
    void Attach(IReadOnlyList<AttachedDevice> devices);
}
