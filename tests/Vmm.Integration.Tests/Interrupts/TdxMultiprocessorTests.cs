using Vmm.Integration.Tests.Harness;
using Vmm.Testing;

namespace Vmm.Integration.Tests.Interrupts;

/// <inheritdoc/>
[BeginsUnpaged]
public sealed class TdxMultiprocessorTests : MultiprocessorTests<TdxBackend>;
