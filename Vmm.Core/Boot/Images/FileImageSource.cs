using Microsoft.Win32.SafeHandles;

namespace Vmm.Core.Boot.Images;

/// <summary>An image in a file.</summary>
public sealed class FileImageSource : ImageSource
{
    private readonly SafeFileHandle _file;

    private FileImageSource(string path, SafeFileHandle file, long length)
        : base(path, length) => _file = file;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path; also its name in messages.</param>
    /// <exception cref="BootException"><see cref="BootError.FileMissing"/> or <see cref="BootError.FileUnreadable"/>.</exception>
    public static FileImageSource Open(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            return new FileImageSource(path, file, RandomAccess.GetLength(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BootException(BootError.FileMissing, $"{path}: no such file; check the path", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or NotSupportedException or ArgumentException)
        {
            file?.Dispose();
            throw new BootException(BootError.FileUnreadable, $"{path}: cannot be read ({e.Message}); name a regular file that you may read", e);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    /// <inheritdoc/>
    protected override void ReadCore(long offset, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                int count = RandomAccess.Read(_file, destination, offset);
                if (count == 0)
                {
                    throw Truncated("data that was there a moment ago");
                }

                destination = destination[count..];
                offset += count;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BootException(BootError.FileUnreadable, $"{Name}: reading failed ({e.Message})", e);
        }
    }
}
