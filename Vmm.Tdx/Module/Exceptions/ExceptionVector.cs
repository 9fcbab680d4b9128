namespace Vmm.Tdx.Module.Exceptions;

/// <summary>Exception vectors that the module raises.</summary>
public enum ExceptionVector : byte
{
    /// <summary>#DF, with an error code of 0.</summary>
    DoubleFault = 8,

    /// <summary>#GP, with an error code of 0 here.</summary>
    GeneralProtection = 13,

    /// <summary>#VE, without an error code.</summary>
    Virtualization = 20,
}
