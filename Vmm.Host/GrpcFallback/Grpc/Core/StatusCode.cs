namespace Grpc.Core;

/// <summary>How a call ended, in one number.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The caller gave it up.</summary>
    Cancelled = 1,

    /// <summary>Nobody knows: an exception in a handler, a status of another protocol.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>It took too long.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for is not there.</summary>
    NotFound = 5,

    /// <summary>What was to be created is there already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>Something is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the request needs.</summary>
    FailedPrecondition = 9,

    /// <summary>A conflict with another call.</summary>
    Aborted = 10,

    /// <summary>Beyond the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The server does not have this.</summary>
    Unimplemented = 12,

    /// <summary>The protocol or the server is broken.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached now.</summary>
    Unavailable = 14,

    /// <summary>Data is lost for good.</summary>
    DataLoss = 15,

    /// <summary>The caller is unknown.</summary>
    Unauthenticated = 16,
}
