namespace Vmm.Host.Errors;

/// <summary>Creates the files a user asks for, before anything runs: a mistyped folder must not cost the results of a run.</summary>
public static class OutputFile
{
    /// <summary>Creates or empties a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What goes into it.</param>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public static FileStream Create(string path, string what)
    {
        try
        {
            // Without a buffer: what a full disk has no room for is refused where it is written, and not once more where the file is closed.
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is DirectoryNotFoundException)
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot write the {what}: its folder does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = Directory.Exists(path) ? "it is a folder" : e is UnauthorizedAccessException ? "permission denied" : e.Message;
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot write the {what}: {reason}");
        }
    }
}
