namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>The PEM files of mutual TLS.</summary>
/// <param name="Certificate">The daemon's certificate.</param>
/// <param name="Key">Its private key.</param>
/// <param name="ClientAuthority">Authorities of clients.</param>
internal sealed record TlsFiles(string Certificate, string Key, string ClientAuthority);
