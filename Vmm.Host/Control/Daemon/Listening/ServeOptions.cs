namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>What <c>vmm serve</c> was asked to do; all of it is known to fit together.</summary>
internal sealed record ServeOptions
{
    /// <summary>Where machines are kept.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Where sockets are.</summary>
    public required string RuntimeFolder { get; init; }

    /// <summary>Where clients connect.</summary>
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>The group whose members may use the unix socket.</summary>
    public uint? GroupId { get; init; }

    /// <summary>Certificates; there if an address is TCP.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>Where Prometheus connects.</summary>
    public ListenAddress? Metrics { get; init; }

    /// <summary>Path of the socket of <see cref="Metrics"/>, if it is one.</summary>
    public string? MetricsPath => Metrics?.Path;

    /// <summary>How many spare processes to keep.</summary>
    public int Spares { get; init; }
}
