using Vmm.Core.Boot.Acpi.Aml;

namespace Vmm.Core.Boot.Acpi;

/// <summary>A device, or anything else, that describes itself to the guest in the DSDT.</summary>
public interface IAcpiContributor
{
    /// <summary>Adds the description.</summary>
    /// <param name="systemBus">The scope <c>\_SB</c>.</param>
    void Describe(AmlBuilder systemBus);
}
