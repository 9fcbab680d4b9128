namespace Vmm.Core.Interrupts;

/// <summary>
/// Who is told which messages stand for level-triggered pins, so that the end of their interrupts can be reported: KVM, or a test.
/// </summary>
public interface IMsiRouter
{
    /// <summary>Replaces the whole table.</summary>
    /// <param name="routes">The messages; empty when none needs its end reported.</param>
    void SetMsiRoutes(ReadOnlySpan<MsiRoute> routes);
}
