namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>SHA-384 of the files that a launch uses, as <c>sha384sum</c> prints them.</summary>
/// <param name="Kernel">The kernel image, compressed or not.</param>
/// <param name="Initrd">The initrd, or null without one.</param>
public sealed record LaunchFileDigests(byte[] Kernel, byte[]? Initrd);
