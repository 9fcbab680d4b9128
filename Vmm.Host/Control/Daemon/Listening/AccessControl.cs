using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Vmm.Host.Control.Daemon.Listening;

/// <summary>Turns away who may not connect, before a byte of theirs is read, and says who it was.</summary>
internal static partial class AccessControl
{
    /// <summary>Lets only some users of this host pass.</summary>
    public static void RequirePeer(this ListenOptions listen, PeerRule rule, ILogger logger) => listen.Use(next => async connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket || TryRead(socket) is not { } peer)
        {
            LogRefused(logger, "an unknown user", "the kernel does not say who it is");
            connection.Abort();
        }
        else if (!rule.Allows(peer))
        {
            LogRefused(logger, peer.ToString(), "neither the daemon's user, nor root, nor of the group");
            connection.Abort();
        }
        else
        {
            await next(connection);
        }
    });

    /// <summary>Says why a connection is turned away.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "refused {Who}: {Why}")]
    internal static partial void LogRefused(ILogger logger, string who, string why);

    private static PeerCredentials? TryRead(Socket socket)
    {
        try
        {
            return PeerCredentials.Of(socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
