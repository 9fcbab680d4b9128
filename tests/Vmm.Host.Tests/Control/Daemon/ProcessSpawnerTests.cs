using System.Runtime.InteropServices;
using Vmm.Core.Testing;
using Vmm.Host.Control.Daemon.Supervision;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>What a process gets from the one that starts it.</summary>
public sealed partial class ProcessSpawnerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vmm-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Start_ADescriptorLeftOpenToUs_DoesNotGoOn()
    {
        string held = Path.Combine(_folder.FullName, "held");
        using FileStream file = File.Create(held);
        int left = dup((int)file.SafeFileHandle.DangerousGetHandle()); // unlike the runtime's own, without close-on-exec
        string output = Path.Combine(_folder.FullName, "output");

        ProcessSpawner.Start(new ProcessStart("/bin/sh", ["-c", "ls -l /proc/self/fd; echo end"], _folder.FullName, new Dictionary<string, string>(StringComparer.Ordinal), output));

        string listed = "";
        await Eventually.True(() => (listed = File.Exists(output) ? File.ReadAllText(output) : "").EndsWith("end\n", StringComparison.Ordinal));
        _ = close(left);
        Assert.Contains("/dev/null", listed, StringComparison.Ordinal); // standard input, so it was listed
        Assert.DoesNotContain(held, listed, StringComparison.Ordinal);
    }

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
