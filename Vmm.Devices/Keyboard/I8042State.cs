namespace Vmm.Devices.Keyboard;

/// <summary>State of an <see cref="I8042"/>.</summary>
/// <param name="CommandByte">The command byte.</param>
/// <param name="AwaitsData">The command that waits for its data byte.</param>
/// <param name="Status">The status register, without the system flag.</param>
/// <param name="Output">The output buffer.</param>
/// <param name="SystemControl">System control port A.</param>
public sealed record I8042State(byte CommandByte, byte? AwaitsData, byte Status, byte Output, byte SystemControl);
