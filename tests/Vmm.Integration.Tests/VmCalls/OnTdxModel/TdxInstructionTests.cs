using Vmm.Integration.Tests.Harness;
using Vmm.Testing;

namespace Vmm.Integration.Tests.VmCalls.OnTdxModel;

/// <inheritdoc/>
[BeginsUnpaged]
public sealed class TdxInstructionTests : InstructionTests<TdxBackend>;
