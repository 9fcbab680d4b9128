namespace Vmm.Core.Buses;

/// <summary>One range of one device on the MMIO bus.</summary>
internal sealed record MmioMapping(AttachedDevice Attached, IMmioDevice Handler, int Index, MmioRange Range)
{
    public Lock Gate { get; } = Attached.Device.Gate;

    public bool Contains(ulong gpa, int length) =>
        gpa >= Range.First && (ulong)length <= Range.Size && gpa - Range.First <= Range.Size - (ulong)length;
}
