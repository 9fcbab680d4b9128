namespace Vmm.Host.Errors;

/// <summary>Ends a command with lines for the user and an exit code; never with a stack trace.</summary>
public sealed class UserErrorException : Exception
{
    /// <summary>One mistake.</summary>
    public UserErrorException(ExitCode code, string line)
        : this(code, [line])
    {
    }

    /// <summary>Several mistakes, one line each.</summary>
    public UserErrorException(ExitCode code, IReadOnlyList<string> lines)
        : base(string.Join('\n', lines))
    {
        Code = code;
        Lines = lines;
    }

    /// <summary>Exit code of the process.</summary>
    public ExitCode Code { get; }

    /// <summary>What to print, without the program's name.</summary>
    public IReadOnlyList<string> Lines { get; }
}
