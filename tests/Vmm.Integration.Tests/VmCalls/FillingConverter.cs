using Vmm.Core.Memory;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.VmCalls;

namespace Vmm.Integration.Tests.VmCalls;

/// <summary>Writes to shared pages in the guest's stead, as soon as they are shared: saves the guest program a page table and a copy loop.</summary>
internal sealed class FillingConverter(SecureEpt pages, GuestMemory memory, SharedPageContent content) : IPageConverter
{
    public MapGpaOutcome Convert(ulong gpa, ulong size, bool shared)
    {
        MapGpaOutcome outcome = pages.Convert(gpa, size, shared);
        if (shared && outcome == MapGpaOutcome.Converted)
        {
            memory.Write(content.Address, content.Bytes);
        }

        return outcome;
    }
}
