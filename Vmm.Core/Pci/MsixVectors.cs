namespace Vmm.Core.Pci;

/// <summary>The interrupts of a function. It owns them and signals them by number; where they go, and whether they are masked, it never learns.</summary>
/// <param name="count">Number of vectors, 1 to 2048.</param>
public sealed class MsixVectors(int count)
{
    /// <summary>The most that MSI-X has (PCI Local Bus 3.0, 6.8.2.3).</summary>
    public const int Maximum = 2048;

    private Action<int>? _signal;

    /// <summary>Number of vectors.</summary>
    public int Count { get; } = count is >= 1 and <= Maximum
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), $"{count} interrupt vectors: MSI-X has 1 to {Maximum}");

    /// <summary>Says who hears the signals; the PCI host does so when the function is attached.</summary>
    public void Connect(Action<int> signal) => _signal = signal;

    /// <summary>Sends an interrupt. Any thread, with or without the function's gate.</summary>
    /// <param name="vector">0 to <see cref="Count"/> less one.</param>
    public void Signal(int vector)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(vector);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vector, Count);
        _signal?.Invoke(vector);
    }
}
