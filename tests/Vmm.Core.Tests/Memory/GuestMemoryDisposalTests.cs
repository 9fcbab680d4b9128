using Vmm.Core.Memory;

namespace Vmm.Core.Tests.Memory;

public sealed class GuestMemoryDisposalTests
{
    [Fact]
    public void Dispose_Twice_ClosesNobodyElsesFile()
    {
        // A scope of services disposes of an instance once for each registration that gave it out.
        GuestMemory memory = GuestMemory.CreateIsolated(1UL << 40, new MemoryRange(0, 2 * GuestMemory.PageSize));
        memory.Dispose();

        // The lowest free number: the one that the memory's file had.
        List<FileStream> files = [.. Enumerable.Range(0, 8).Select(_ => File.OpenRead("/dev/zero"))];
        memory.Dispose();

        Assert.All(files, file => Assert.Equal(0, file.ReadByte()));
        files.ForEach(file => file.Dispose());
    }
}
