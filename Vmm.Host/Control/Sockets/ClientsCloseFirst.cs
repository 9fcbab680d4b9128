using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vmm.Host.Consoles;

namespace Vmm.Host.Control.Sockets;

/// <summary>
/// A server that ends lets its clients close their connections. Kestrel sends GOAWAY and closes a connection itself as soon as its last stream is
/// answered; a client that writes at that moment finds the connection broken, and throws away what it has not read yet – how its call ended. After
/// GOAWAY clients close what they need no more (RFC 9113, 6.8).
/// </summary>
internal static class ClientsCloseFirst
{
    // For clients that do not: the connection is closed under them.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Makes it so for the connections of an endpoint.</summary>
    public static void LetClientsCloseFirst(this ListenOptions listen)
    {
        CancellationToken stopping = listen.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        listen.Use(next => connection => ServeAsync(connection, next, stopping));
    }

    private static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, CancellationToken stopping)
    {
        IDuplexPipe transport = connection.Transport;
        connection.Transport = new DuplexPipe(new KeptReader(transport.Input), new KeptWriter(transport.Output));
        try
        {
            await next(connection);
            if (stopping.IsCancellationRequested)
            {
                await Task.Delay(Patience, connection.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            connection.Transport = transport; // which is completed, and with it the connection closed, by whoever made it
        }
    }
}
