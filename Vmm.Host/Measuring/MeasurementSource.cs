using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Host.Measuring;

/// <summary>Finds the measurements that a file stands for.</summary>
internal static class MeasurementSource
{
    private const int LargestLog = 1 << 20;

    // A configuration has no such key; both are JSON.
    private const string LogKey = "format";

    /// <summary>A measurement log is read, a configuration is measured.</summary>
    internal static async Task<MeasurementLog> LoadAsync(string path)
    {
        ConfigNode root = ConfigFile.Read(path);
        return root.Members.Any(member => member.Name == LogKey)
            ? ReadLog(path)
            : await LaunchPrediction.OfAsync(ConfigLoader.Load(path, new Dictionary<string, string>(StringComparer.Ordinal), []));
    }

    /// <summary>Reads a measurement log.</summary>
    /// <exception cref="UserErrorException">It is none.</exception>
    internal static MeasurementLog ReadLog(string path)
    {
        try
        {
            return MeasurementJson.Read(InputFile.ReadAll(path, "measurement log", LargestLog));
        }
        catch (MeasurementLogException e)
        {
            throw new UserErrorException(ExitCode.BadData, $"{path}: {e.Message}");
        }
    }
}
