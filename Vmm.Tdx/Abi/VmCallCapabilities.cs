namespace Vmm.Tdx.Abi;

/// <summary>R11 of GetTdVmCallInfo, leaf 1: the optional sub-functions that there are.</summary>
[Flags]
public enum VmCallCapabilities : ulong
{
    /// <summary>Only those that every VMM has.</summary>
    None = 0,

    /// <summary>GetQuote, with a service behind it.</summary>
    GetQuote = 1 << 0,

    /// <summary>SetupEventNotifyInterrupt.</summary>
    SetupEventNotifyInterrupt = 1 << 1,
}
