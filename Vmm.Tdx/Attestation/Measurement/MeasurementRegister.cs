namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>The registers that hold the measurements of a TD.</summary>
public enum MeasurementRegister
{
    /// <summary>MRTD: the initial contents of memory.</summary>
    MrTd,

    /// <summary>RTMR0: configuration of the virtual platform.</summary>
    Rtmr0,

    /// <summary>RTMR1: the kernel.</summary>
    Rtmr1,

    /// <summary>RTMR2: what the kernel is given.</summary>
    Rtmr2,

    /// <summary>RTMR3: the guest's own.</summary>
    Rtmr3,
}
