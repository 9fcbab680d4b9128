using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

internal sealed class FakePages : IPageConverter
{
    public bool Recording { get; set; } = true;

    public List<(ulong Gpa, ulong Size, bool Shared)> Conversions { get; } = [];

    public Func<ulong, MapGpaOutcome> Outcome { get; set; } = _ => MapGpaOutcome.Converted;

    public MapGpaOutcome Convert(ulong gpa, ulong size, bool shared)
    {
        if (Recording)
        {
            Conversions.Add((gpa, size, shared));
        }

        return Outcome(gpa);
    }
}
