using Vmm.Core.Testing.Fuzzing;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests;

/// <summary>No access of a guest makes a device throw, hang, or allocate memory.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int AllocationLimit = 64 * 1024;
    private const long GrowthLimit = 1 << 20;

    private readonly HostEnds _host = new();

    public static MatrixTheoryData<string, int> DevicesAndSeeds { get; } = new(BuiltInDevices.Types, [1, 2, 3]);

    public void Dispose() => _host.Dispose();

    [Theory]
    [MemberData(nameof(DevicesAndSeeds))]
    public void Device_HostileGuest_NeitherThrowsNorAllocates(string type, int seed)
    {
        FuzzReport report = DeviceFuzzer.Run(
            bench => BuiltInDevices.Create(type, bench, _host),
            new FuzzOptions
            {
                Seed = seed,
                Accesses = FuzzCounts.Accesses,
                GrowthLimit = FuzzCounts.AreAsked ? GrowthLimit : null, // among other tests it would be theirs that is seen
            });

        Assert.Empty(report.Findings);
        Assert.InRange(report.AllocatedBytes, 0, AllocationLimit);
    }
}
