using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.VmCalls.OnTdxModel;

/// <inheritdoc/>
public sealed class TdxInstructionTests : InstructionTests<TdxBackend>;
