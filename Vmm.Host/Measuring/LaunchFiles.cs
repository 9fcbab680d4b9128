using System.Security.Cryptography;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Host.Measuring;

/// <summary>Hashes the files that a machine boots.</summary>
internal static class LaunchFiles
{
    /// <summary>Reads and hashes them.</summary>
    /// <exception cref="UserErrorException">One cannot be read.</exception>
    internal static LaunchFileDigests Hash(MachineConfig config) => new(Hash(config.Kernel, "kernel"), config.Initrd is { } initrd ? Hash(initrd, "initrd") : null);

    private static byte[] Hash(string path, string what)
    {
        using FileStream file = InputFile.Open(path, what);
        try
        {
            return SHA384.HashData(file);
        }
        catch (IOException e)
        {
            throw new UserErrorException(ExitCode.NoInput, $"{path}: cannot read the {what}: {e.Message}");
        }
    }
}
