namespace Grpc.Core;

/// <summary>Who sends one message and who sends many.</summary>
public enum MethodType
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>Many requests, one response.</summary>
    ClientStreaming,

    /// <summary>One request, many responses.</summary>
    ServerStreaming,

    /// <summary>Many of both.</summary>
    DuplexStreaming,
}
