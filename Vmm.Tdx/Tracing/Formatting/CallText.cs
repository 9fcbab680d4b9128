namespace Vmm.Tdx.Tracing.Formatting;

/// <summary>The parts of a line about a call: <c>name(arguments) = status {results}</c>.</summary>
/// <param name="Arguments">Operands, by name.</param>
/// <param name="Results">What a call that succeeded answered; empty for nothing.</param>
internal readonly record struct CallText(string Arguments, string Results = "");
