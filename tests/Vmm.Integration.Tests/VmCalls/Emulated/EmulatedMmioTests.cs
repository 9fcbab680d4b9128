using Vmm.Integration.Tests.Harness;

namespace Vmm.Integration.Tests.VmCalls.Emulated;

/// <inheritdoc/>
public sealed class EmulatedMmioTests : MmioTests<EmulatedBackend>;
