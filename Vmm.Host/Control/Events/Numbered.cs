namespace Vmm.Host.Control.Events;

/// <summary>An event and its number.</summary>
/// <typeparam name="T">What happened.</typeparam>
/// <param name="Sequence">Counts up by one from event to event; the first of a new log is 1.</param>
/// <param name="Event">What happened.</param>
public readonly record struct Numbered<T>(ulong Sequence, T Event);
