using System.Security.Cryptography;
using System.Text;

namespace Vmm.Tdx.Attestation.Quotes.Development;

/// <summary>Keeps the keys of development quotes in a folder that only its owner can read.</summary>
/// <param name="folder">The folder; made with new keys when it does not exist.</param>
public sealed class DevelopmentKeyStore(string folder)
{
    private const string RootFile = "root.pem";
    private const string ChainFile = "chain.pem";
    private const string PckFile = "pck.key.pem";
    private const string AttestationFile = "attestation.key.pem";
    private const int LargestFile = 64 << 10;

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The folder of this user: <c>vmm/attestation</c> in XDG_STATE_HOME.</summary>
    public static string DefaultFolder
    {
        get
        {
            string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.Combine(Path.IsPathRooted(state) ? state : Path.Combine(home, ".local", "state"), "vmm", "attestation");
        }
    }

    /// <summary>The root certificate, to verify quotes with.</summary>
    public string RootPath => Path.Combine(folder, RootFile);

    /// <summary>Reads the keys, and makes them the first time.</summary>
    /// <exception cref="DevelopmentKeysException">They cannot be read or made, or others can read them.</exception>
    public DevelopmentKeys Open()
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                Create();
            }

            string chain = Read(ChainFile);
            return new DevelopmentKeys(ReadKey(AttestationFile), ReadKey(PckFile), Encoding.ASCII.GetBytes(chain));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DevelopmentKeysException($"{folder}: cannot keep the keys of development quotes: {e.Message}");
        }
    }

    // All or nothing, and also when two start at once: the folder gets its name when it is complete.
    private void Create()
    {
        string parent = Path.GetDirectoryName(Path.GetFullPath(folder))!;
        Directory.CreateDirectory(parent, FolderMode);
        string draft = Path.Combine(parent, $"{Path.GetFileName(folder)}.{Guid.NewGuid():N}");
        Directory.CreateDirectory(draft, FolderMode);
        (ECDsa pck, string chain, string root) = DevelopmentPki.Create(DateTimeOffset.UtcNow);
        using ECDsa attestation = DevelopmentPki.NewKey();
        using (pck)
        {
            Write(draft, RootFile, root + "\n");
            Write(draft, ChainFile, chain);
            Write(draft, PckFile, pck.ExportPkcs8PrivateKeyPem());
            Write(draft, AttestationFile, attestation.ExportPkcs8PrivateKeyPem());
        }

        try
        {
            Directory.Move(draft, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(draft, recursive: true);
        }
    }

    private static void Write(string folder, string name, string text)
    {
        FileStreamOptions options = new() { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode };
        using FileStream file = new(Path.Combine(folder, name), options);
        file.Write(Encoding.ASCII.GetBytes(text));
    }

    private string Read(string name)
    {
        string path = Path.Combine(folder, name);
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new DevelopmentKeysException($"{path}: missing; remove {folder}, and new keys will be made");
        }

        if ((file.UnixFileMode & ~FileMode) != 0)
        {
            throw new DevelopmentKeysException($"{path}: others may use this file; chmod 600 it, or remove {folder} for new keys");
        }

        return file.Length <= LargestFile ? File.ReadAllText(path) : throw new DevelopmentKeysException($"{path}: too large for PEM");
    }

    private ECDsa ReadKey(string name)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(Read(name));
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new DevelopmentKeysException($"{Path.Combine(folder, name)}: no private key in PEM; remove {folder}, and new keys will be made");
        }
    }
}
