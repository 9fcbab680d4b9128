using Vmm.Core.Network;

namespace Vmm.Core.Tests.Network;

/// <summary>The program passt, with others in its place.</summary>
public sealed class PasstTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vmm-passt-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Start_AProgramThatDoesNotBecomeReady_IsGivenUpAndEnded()
    {
        string pid = Path.Combine(_folder.FullName, "pid");
        Passt passt = new("", "") { Program = Script($"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 1000"), Patience = TimeSpan.FromSeconds(1) };

        IOException refusal = Assert.Throws<IOException>(() => passt.Start());

        Assert.EndsWith("is not ready after 1 s", refusal.Message, StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(pid) || !Directory.Exists($"/proc/{File.ReadAllText(pid).Trim()}"), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Start_AProgramThatRefuses_ItsLastWordsAreTold()
    {
        Passt passt = new("", "") { Program = Script("echo 'first words' >&2; echo 'no such port' >&2; echo 'not logging to syslog' >&2; exit 1") };

        Assert.EndsWith("says 'no such port'", Assert.Throws<IOException>(() => passt.Start()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_NoSuchProgram_NamesThePackage()
    {
        Passt passt = new("", "") { Program = Path.Combine(_folder.FullName, "none") };

        Assert.EndsWith("No such file or directory; it is a package of that name", Assert.Throws<IOException>(() => passt.Start()).Message, StringComparison.Ordinal);
    }

    private string Script(string text)
    {
        string path = Path.Combine(_folder.FullName, "passt");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
