namespace Vmm.TdxModel.Kernel;

/// <summary>A memory slot.</summary>
/// <param name="Id">Number.</param>
/// <param name="Gpa">First guest-physical address.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="HostAddress">What backs shared pages.</param>
/// <param name="Memfd">What backs private pages; null for a slot without.</param>
/// <param name="Offset">Where in it.</param>
internal sealed record ModelSlot(uint Id, ulong Gpa, ulong Size, ulong HostAddress, ModelMemfd? Memfd, ulong Offset)
{
    internal ulong End => Gpa + Size;

    internal bool Contains(ulong gpa) => gpa >= Gpa && gpa < End;
}
