namespace Vmm.TdxModel.Hardware;

/// <summary>Memory of a finalised TD.</summary>
/// <param name="Gpa">First address.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="HostAddress">Where its shared pages are.</param>
public readonly record struct TdMemorySlot(ulong Gpa, ulong Size, ulong HostAddress);
