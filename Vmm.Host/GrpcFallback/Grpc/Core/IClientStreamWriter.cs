namespace Grpc.Core;

/// <summary>The requests of a call.</summary>
/// <typeparam name="T">Their type.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>There are no more.</summary>
    Task CompleteAsync();
}
