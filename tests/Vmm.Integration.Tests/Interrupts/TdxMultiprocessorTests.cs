using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Interrupts;

/// <inheritdoc/>
public sealed class TdxMultiprocessorTests : MultiprocessorTests<TdxBackend>;
