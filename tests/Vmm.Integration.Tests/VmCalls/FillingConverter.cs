using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Memory;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.Hardware.Memory;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.VmCalls;

namespace Vmm.Integration.Tests.VmCalls;

/// <summary>Writes to shared pages in the guest's stead, as soon as they are shared: saves the guest program a page table and a copy loop.</summary>
/// <param name="machine">Has the converter of its backend.</param>
/// <param name="memory">Guest memory.</param>
/// <param name="content">What is written.</param>
internal sealed class FillingConverter(IServiceProvider machine, GuestMemory memory, SharedPageContent content) : IPageConverter
{
    private readonly IPageConverter _pages = machine.GetService<SecureEpt>() ?? (IPageConverter)machine.GetRequiredService<TdxMemory>();

    public MapGpaOutcome Convert(ulong gpa, ulong size, bool shared)
    {
        MapGpaOutcome outcome = _pages.Convert(gpa, size, shared);
        if (shared && outcome == MapGpaOutcome.Converted)
        {
            memory.Write(content.Address, content.Bytes);
        }

        return outcome;
    }
}
