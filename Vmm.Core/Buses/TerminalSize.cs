namespace Vmm.Core.Buses;

/// <summary>Size of a terminal.</summary>
/// <param name="Columns">Characters in a line.</param>
/// <param name="Rows">Lines.</param>
public readonly record struct TerminalSize(ushort Columns, ushort Rows);
