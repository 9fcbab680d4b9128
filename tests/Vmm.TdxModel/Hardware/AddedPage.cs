namespace Vmm.TdxModel.Hardware;

/// <summary>A page that KVM_TDX_INIT_MEM_REGION added.</summary>
/// <param name="Gpa">Its address.</param>
/// <param name="Content">Its 4096 bytes.</param>
/// <param name="IsMeasured">Whether its contents are in MRTD.</param>
public sealed record AddedPage(ulong Gpa, byte[] Content, bool IsMeasured);
