namespace Vmm.Tdx.Abi;

/// <summary>XFAM of a TD: the extended features it may use, with the bit numbers of XCR0 and IA32_XSS.</summary>
[Flags]
public enum Xfam : ulong
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>x87; always set.</summary>
    X87 = 1UL << 0,

    /// <summary>SSE; always set.</summary>
    Sse = 1UL << 1,

    /// <summary>AVX.</summary>
    Avx = 1UL << 2,

    /// <summary>AVX-512 opmask.</summary>
    Avx512Opmask = 1UL << 5,

    /// <summary>AVX-512 upper halves of ZMM0..15.</summary>
    Avx512ZmmHi256 = 1UL << 6,

    /// <summary>AVX-512 ZMM16..31.</summary>
    Avx512Hi16Zmm = 1UL << 7,

    /// <summary>Processor trace.</summary>
    Pt = 1UL << 8,

    /// <summary>User protection keys.</summary>
    Pkru = 1UL << 9,

    /// <summary>CET, user state.</summary>
    CetUser = 1UL << 11,

    /// <summary>CET, supervisor state.</summary>
    CetSupervisor = 1UL << 12,

    /// <summary>User interrupts.</summary>
    Uintr = 1UL << 14,

    /// <summary>Last branch records.</summary>
    Lbr = 1UL << 15,

    /// <summary>AMX tile configuration.</summary>
    AmxTileConfig = 1UL << 17,

    /// <summary>AMX tile data.</summary>
    AmxTileData = 1UL << 18,
}
