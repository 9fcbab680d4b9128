namespace Vmm.Tdx.Attestation.Quotes.Layout;

/// <summary>Kinds of certification data: those that TD quotes have.</summary>
public enum CertificationType : ushort
{
    /// <summary>The PCK certificate and its issuers as PEM, leaf first.</summary>
    PckChain = 5,

    /// <summary><see cref="QeCertification"/>.</summary>
    QeReport = 6,
}
