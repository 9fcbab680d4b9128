namespace Vmm.Benchmarks;

/// <summary>A measurement cannot be made here.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
