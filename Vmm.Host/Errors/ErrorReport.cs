using Vmm.Core.Boot;
using Vmm.Core.Buses;
using Vmm.Core.Kvm;
using Vmm.Core.Memory;
using Vmm.Tdx.Hardware.Launch;
using Vmm.Tdx.Policies;

namespace Vmm.Host.Errors;

/// <summary>Prints failures: one line each on standard error, and the exit code that says the same to scripts.</summary>
public sealed class ErrorReport(TextWriter errors)
{
    private const string Program = "vmm";

    /// <summary>Prints a failure that is known.</summary>
    /// <returns>The exit code.</returns>
    public int Write(ExitCode code, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            errors.WriteLine($"{Program}: {OneLine(line)}");
        }

        return (int)code;
    }

    /// <summary>Prints an exception.</summary>
    /// <returns>The exit code.</returns>
    public int Write(Exception exception)
    {
        (ExitCode code, IReadOnlyList<string> lines) = Describe(exception);
        return Write(code, code == ExitCode.Internal && exception is not UserErrorException ? [$"{lines[0]}{Details(exception)}"] : lines);
    }

    /// <summary>Says what an exception is to a user.</summary>
    /// <returns>The exit code, and lines without the program's name.</returns>
    public static (ExitCode Code, IReadOnlyList<string> Lines) Describe(Exception exception) => exception switch
    {
        UserErrorException user => (user.Code, user.Lines),
        KvmException kvm => (kvm.IsPermission ? ExitCode.NoPermission : ExitCode.HostCannot, [kvm.Message]),
        TdxLaunchException launch => (ExitCode.HostCannot, [launch.Message]),
        BootException boot => (CodeOf(boot.Error), [boot.Message]),
        BusConflictException conflict => (ExitCode.BadData, [.. conflict.Conflicts.Select(each => each.Message)]),
        PolicyException policy => (ExitCode.BadData, policy.Message.Split(Environment.NewLine)),
        HostMemoryException memory => (ExitCode.OperatingSystem, [memory.Message]),
        IOException full when FullDisk.Caused(full) => (ExitCode.CannotCreate, [$"cannot write: {full.Message}"]),
        OutOfMemoryException => (ExitCode.OperatingSystem, ["out of memory; ask for a smaller machine or free some"]),
        _ => (ExitCode.Internal, [$"internal error: {exception.Message} ({exception.GetType().Name})"]),
    };

    private static ExitCode CodeOf(BootError error) => error switch
    {
        BootError.FileMissing or BootError.FileUnreadable => ExitCode.NoInput,
        BootError.LibraryMissing => ExitCode.HostCannot,
        _ => ExitCode.BadData,
    };

    /// <summary>Names come from users and from files: a control character must not break a line or drive the terminal.</summary>
    private static string OneLine(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(source[i]) ? '?' : source[i];
        }
    });

    private static string Details(Exception exception)
    {
        try
        {
            string file = Path.Combine(Path.GetTempPath(), $"{Program}-error-{Environment.ProcessId}.txt");
            File.WriteAllText(file, exception.ToString());
            return $"; please report it with {file}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "; please report it";
        }
    }
}
