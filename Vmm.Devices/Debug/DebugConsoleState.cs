namespace Vmm.Devices.Debug;

/// <summary>State of a <see cref="DebugConsole"/>.</summary>
/// <param name="Line">The line that has no end yet.</param>
public sealed record DebugConsoleState(IReadOnlyList<byte> Line);
