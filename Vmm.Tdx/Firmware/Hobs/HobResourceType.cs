namespace Vmm.Tdx.Firmware.Hobs;

/// <summary>Kinds of memory in a TD HOB list (EFI_RESOURCE_*).</summary>
internal enum HobResourceType : uint
{
    /// <summary>RAM that the launch has added.</summary>
    SystemMemory = 0,

    /// <summary>EFI_RESOURCE_MEMORY_UNACCEPTED: RAM that the guest has to accept.</summary>
    MemoryUnaccepted = 7,
}
