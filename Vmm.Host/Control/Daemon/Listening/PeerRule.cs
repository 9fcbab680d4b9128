namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Who may use the unix socket: the daemon's own user, root, and the members of a group if one was named.</summary>
/// <param name="Owner">The daemon's user.</param>
/// <param name="Group">The group; null for none.</param>
internal sealed record PeerRule(uint Owner, uint? Group)
{
    private const uint Root = 0;

    /// <summary>Whether somebody may.</summary>
    public bool Allows(PeerCredentials peer) => peer.User == Owner || peer.User == Root || (Group is { } group && peer.Groups.Contains(group));
}
