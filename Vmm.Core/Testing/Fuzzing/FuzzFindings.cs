using System.Diagnostics;
using Vmm.Core.Buses;

namespace Vmm.Core.Testing.Fuzzing;

/// <summary>Collects findings; the same exception from the same place is one finding.</summary>
internal sealed class FuzzFindings
{
    private const int Enough = 1000;

    private readonly Dictionary<string, FuzzFinding> _findings = new(StringComparer.Ordinal);
    private int _total;

    /// <summary>All of them; safe while the device still runs.</summary>
    public IReadOnlyList<FuzzFinding> All
    {
        get
        {
            lock (_findings)
            {
                return [.. _findings.Values];
            }
        }
    }

    /// <summary>Whether there are so many that going on tells nothing new.</summary>
    public bool AreEnough => Volatile.Read(ref _total) >= Enough;

    public void Add(DeviceFault fault, long access) => Add(fault.Exception, fault.Access, access);

    public void Add(Exception exception, string during, long access)
    {
        string? place = PlaceOf(exception);
        Add(new FuzzFinding(FuzzFindingKind.Exception, during, access, $"{exception.GetType().Name}: {exception.Message}", place), $"{exception.GetType()} {place}");
    }

    public void Add(FuzzFinding finding) => Add(finding, finding.Kind.ToString());

    private void Add(FuzzFinding finding, string key)
    {
        lock (_findings)
        {
            _total++;
            _findings[key] = _findings.TryGetValue(key, out FuzzFinding? first) ? first with { Count = first.Count + 1 } : finding;
        }
    }

    /// <summary>The first frame that has a file, which is the device's own code if it was built with symbols.</summary>
    private static string? PlaceOf(Exception exception)
    {
        StackFrame[] frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        StackFrame? frame = Array.Find(frames, each => each.GetFileName() is not null);
        return frame is not null ? $"{Path.GetFileName(frame.GetFileName())}:{frame.GetFileLineNumber()}" : frames.FirstOrDefault()?.ToString().Trim();
    }
}
