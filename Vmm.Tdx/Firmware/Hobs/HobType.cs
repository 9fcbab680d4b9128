namespace Vmm.Tdx.Firmware.Hobs;

/// <summary>Kinds of HOBs (UEFI PI 1.8, volume 3, 5.1 to 5.10) that a TD HOB list has.</summary>
internal enum HobType : ushort
{
    /// <summary>EFI_HOB_TYPE_HANDOFF.</summary>
    Handoff = 1,

    /// <summary>EFI_HOB_TYPE_RESOURCE_DESCRIPTOR.</summary>
    ResourceDescriptor = 3,

    /// <summary>EFI_HOB_TYPE_GUID_EXTENSION.</summary>
    GuidExtension = 4,

    /// <summary>EFI_HOB_TYPE_END_OF_HOB_LIST.</summary>
    EndOfHobList = 0xFFFF,
}
