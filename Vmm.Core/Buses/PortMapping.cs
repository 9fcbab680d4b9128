namespace Vmm.Core.Buses;

/// <summary>One range of one device on the port bus.</summary>
internal sealed record PortMapping(AttachedDevice Attached, IPortDevice Handler, int Index, PortRange Range)
{
    public Lock Gate { get; } = Attached.Device.Gate;

    public int First { get; } = Range.First;

    public int Last { get; } = Range.Last;
}
