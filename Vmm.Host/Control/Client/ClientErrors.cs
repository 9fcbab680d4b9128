using System.Net.Sockets;
using Grpc.Core;
using Vmm.Host.Errors;

namespace Vmm.Host.Control.Client;

/// <summary>What a status means to who called: lines and an exit code.</summary>
internal static class ClientErrors
{
    /// <summary>Translates the failure of a call.</summary>
    public static UserErrorException Explain(RpcException failure, HostAddress address) => new(CodeOf(failure.StatusCode), Lines(failure, address));

    private static string[] Lines(RpcException failure, HostAddress address) => FindCause<SocketException>(failure) is { } socket
        ? [$"{address}: {Reach(socket, address)}"]
        : failure.Status.Detail.Length > 0 ? failure.Status.Detail.Split('\n') : [$"{address}: the call failed with {failure.StatusCode}"];

    private static string Reach(SocketException socket, HostAddress address) => socket.SocketErrorCode switch
    {
        SocketError.AccessDenied => "permission denied; the daemon takes its own user and group only",
        SocketError.AddressNotAvailable or SocketError.ConnectionRefused when address.Socket is not null => "no daemon is running; start one with 'vmm serve'",
        SocketError.HostNotFound => "there is no such host",
        _ => $"no daemon answers ({socket.Message})",
    };

    private static T? FindCause<T>(Exception? exception)
        where T : Exception
    {
        // The package and the fallback wrap it differently deep.
        for (; exception is not null; exception = exception is RpcException rpc ? rpc.Status.DebugException ?? rpc.InnerException : exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static ExitCode CodeOf(StatusCode status) => status switch
    {
        StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.FailedPrecondition or StatusCode.Aborted or StatusCode.OutOfRange => ExitCode.No,
        StatusCode.InvalidArgument => ExitCode.BadData,
        StatusCode.PermissionDenied or StatusCode.Unauthenticated => ExitCode.NoPermission,
        StatusCode.Unavailable or StatusCode.Unimplemented => ExitCode.HostCannot,
        StatusCode.ResourceExhausted => ExitCode.OperatingSystem,
        StatusCode.DeadlineExceeded => ExitCode.TimedOut,
        StatusCode.Cancelled => ExitCode.Interrupted,
        _ => ExitCode.Internal,
    };
}
