namespace Grpc.Core;

/// <summary>The responses of a call.</summary>
/// <typeparam name="T">Their type.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
