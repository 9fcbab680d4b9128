namespace Vmm.Host.Errors;

/// <summary>Opens the files a user names, with errors that name them.</summary>
public static class InputFile
{
    /// <summary>Checks that a file can be read, without reading it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is to the user, e.g. <c>kernel</c>.</param>
    /// <exception cref="UserErrorException">It cannot.</exception>
    public static void Require(string path, string what)
    {
        using FileStream file = Open(path, what);
    }

    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is to the user.</param>
    /// <param name="maxSize">Largest size accepted.</param>
    /// <exception cref="UserErrorException">It is missing, unreadable or too large.</exception>
    public static byte[] ReadAll(string path, string what, int maxSize)
    {
        using FileStream file = Open(path, what);
        try
        {
            // Read one byte more than allowed. The length of a pipe or a device is not known beforehand, and that of a file in /proc or /sys may be given as 0.
            long expected = file.CanSeek && file.Length > 0 ? file.Length : maxSize;
            byte[] buffer = new byte[Math.Min(expected, maxSize) + 1];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= maxSize
                ? buffer[..length]
                : throw new UserErrorException(ExitCode.BadData, $"{path}: too large for a {what}; at most {maxSize >> 10} KiB are read");
        }
        catch (IOException e)
        {
            throw new UserErrorException(ExitCode.NoInput, $"{path}: cannot read the {what}: {e.Message}");
        }
    }

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is to the user.</param>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public static FileStream Open(string path, string what)
    {
        if (Directory.Exists(path))
        {
            throw new UserErrorException(ExitCode.NoInput, $"{path}: is a folder; name the {what} file itself");
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(ExitCode.NoInput, $"{path}: no such {what} file");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.NoPermission, $"{path}: permission denied; make the {what} readable for this user");
        }
        catch (IOException e)
        {
            throw new UserErrorException(ExitCode.NoInput, $"{path}: cannot open the {what}: {e.Message}");
        }
    }
}
