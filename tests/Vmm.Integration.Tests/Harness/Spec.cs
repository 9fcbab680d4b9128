namespace Vmm.Integration.Tests.Harness;

/// <summary>Numbers of the TDX module and GHCI specifications, written down a second time: the tests do not believe the product's own.</summary>
internal static class Spec
{
    public const ulong OperandInvalid = 0xC000_0100_0000_0000;
    public const ulong NoValidVeInfo = 0xC000_0704_0000_0000;
    public const ulong PageAlreadyAccepted = 0x0000_0B0A_0000_0000;
    public const ulong PageSizeMismatch = 0xC000_0B0B_0000_0000;
    public const ulong FieldIdIncorrect = 0xC000_0C00_0000_0000;
    public const ulong FieldNotWritable = 0xC000_0C01_0000_0000;
    public const ulong FieldNotReadable = 0xC000_0C02_0000_0000;
    public const ulong FieldValueNotValid = 0xC000_0C03_0000_0000;
    public const ulong FirstFieldIdInContext = 0x0000_0C0B_0000_0000;
    public const ulong ServTdNotBound = 0xC000_0D05_0000_0000;
    public const ulong InvalidReportMacStruct = 0xC000_1001_0000_0000;

    public const ulong RaxId = 0;
    public const ulong RcxId = 1;
    public const ulong RdxId = 2;
    public const ulong R8Id = 8;

    // R10 of a TDVMCALL.
    public const ulong Retry = 1;
    public const ulong InvalidOperand = 0x8000_0000_0000_0000;
    public const ulong AlignError = 0x8000_0000_0000_0002;
    public const ulong SubfuncUnsupported = 0x8000_0000_0000_0003;

    public const ulong SeptVeDisable = 1UL << 28;

    /// <summary>RDX, RBX, RSI, RDI, R8 to R15.</summary>
    public const ulong AllPassed = 0xFFCC;

    /// <summary>A TDCALL with all other registers distinct.</summary>
    public static Registers TdCall(ulong leaf) => Registers.Distinct with { Rax = leaf };

    /// <summary>A TDVMCALL of a standard sub-function, all registers passed.</summary>
    public static Registers VmCall(ulong subFunction) => Registers.Distinct with { Rax = 0, Rcx = AllPassed, R10 = 0, R11 = subFunction };

    /// <summary>The TDCALL failed, and did nothing else.</summary>
    public static Func<Registers, Registers> Fails(ulong status) => r => r with { Rax = status };

    /// <summary>The TDCALL succeeded, with nothing to say.</summary>
    public static Registers Succeeds(Registers call) => call with { Rax = 0 };

    /// <summary>The TDVMCALL was made; its sub-function says this and nothing else.</summary>
    public static Func<Registers, Registers> Answers(ulong status) => r => r with { Rax = 0, R10 = status };
}
