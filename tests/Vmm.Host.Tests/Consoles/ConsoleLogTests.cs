using System.Text;
using Vmm.Host.Consoles;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Consoles;

public sealed class ConsoleLogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_BeyondTheBound_KeepsTheFileBefore()
    {
        using ConsoleLog log = new(_folder.Path, _warnings.Add, bound: 4);
        log.Write("abc"u8);
        log.Write("de"u8);
        log.Write("fghijkl"u8);

        Assert.Equal("fghi", Text(ConsoleLog.OldFileName));
        Assert.Equal("jkl", Text(ConsoleLog.FileName));
        Assert.Equal(5, log.Start);
        Assert.Equal(["", "fghi", "hi", "jkl", ""], [Read(log, 0), Read(log, 5), Read(log, 7), Read(log, 9), Read(log, 12)]);
    }

    [Fact]
    public void Begin_RemovesThoseOfTheRunBefore()
    {
        _folder.Write(ConsoleLog.FileName, "old");
        _folder.Write(ConsoleLog.OldFileName, "older");
        using ConsoleLog log = new(_folder.Path, _warnings.Add);

        Assert.Equal("", Text(ConsoleLog.FileName));
        Assert.False(File.Exists(Path.Combine(_folder.Path, ConsoleLog.OldFileName)));
    }

    [Fact]
    public void Write_WhereNothingCanBeWritten_WarnsOnceAndGoesOn()
    {
        using ConsoleLog log = new(_folder.Path, _warnings.Add, bound: 4);
        Directory.CreateDirectory(Path.Combine(_folder.Path, ConsoleLog.OldFileName)); // in the way of the next file
        log.Write("abcd"u8);
        log.Write("efgh"u8);
        log.Write("ijkl"u8);

        Assert.Single(_warnings);
    }

    private static string Read(ConsoleLog log, long position)
    {
        byte[] buffer = new byte[100];
        return Encoding.ASCII.GetString(buffer, 0, log.Read(position, buffer));
    }

    private string Text(string name) => File.ReadAllText(Path.Combine(_folder.Path, name));
}
