using Xunit.v3;

namespace Vmm.Testing;

/// <summary>
/// Tests whose guests begin as a TD does on hardware: EFER.LME set, and paging off. Under QEMU's emulation of AMD-V the host does not survive the exit
/// of such a guest: QEMU gives it back its CR0 while the guest's EFER.LME still holds, finds CR4.PAE missing, and leaves the host without paging.
/// The lane leaves these tests out there.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BeginsUnpagedAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Begins", "Unpaged")];
}
