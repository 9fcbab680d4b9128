using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.Interrupts;

/// <inheritdoc/>
public sealed class EmulatedMultiprocessorTests : MultiprocessorTests<EmulatedBackend>;
