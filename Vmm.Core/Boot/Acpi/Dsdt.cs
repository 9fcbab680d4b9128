using Vmm.Core.Boot.Acpi.Aml;

namespace Vmm.Core.Boot.Acpi;

/// <summary>Differentiated system description table: soft-off, and what the contributors say of themselves.</summary>
internal static class Dsdt
{
    // Revision 2 makes AML integers 64 bits wide (ACPI 6.5, 5.2.11.1).
    private const byte Revision = 2;

    internal static AcpiTable Create(IEnumerable<IAcpiContributor> contributors)
    {
        AmlBuilder root = new();

        // 7.4.2: SLP_TYP of the control register, then three that a hardware-reduced platform has no use for.
        root.Name(@"\_S5_", AmlData.Package(AmlData.Integer(AcpiPorts.SoftOff), AmlData.Integer(0), AmlData.Integer(0), AmlData.Integer(0)));
        root.Scope(@"\_SB_", systemBus =>
        {
            foreach (IAcpiContributor contributor in contributors)
            {
                contributor.Describe(systemBus);
            }
        });
        return new AcpiTable("DSDT", Revision, root.Bytes);
    }
}
